using System.Net;
using System.Net.Sockets;

namespace Asynq.Typed.Torture.Processes;

/// <summary>Stands between everybody and one server, and breaks connections: at once, slowly, or in the middle of a reply.</summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<TcpClient, Stall> _open = [];
    private readonly int _serverPort;
    private readonly Task _accepting;
    private int _repliesToCut;
    private long _delayTicks;

    public ChaosProxy(int serverPort, int? port = null)
    {
        _serverPort = serverPort;
        if (port is { } given)
        {
            _listener = new TcpListener(IPAddress.Loopback, given);
        }

        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How long each piece of data is held back, in both directions.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _delayTicks));
        set => Volatile.Write(ref _delayTicks, value.Ticks);
    }

    /// <summary>Refuses connections, as a server that is not there.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Passes only the first half of each of the next replies, and ends their connections.</summary>
    public void CutReplies(int count) => Volatile.Write(ref _repliesToCut, count);

    /// <summary>
    /// Holds back for a time what comes to the server by one in two connections, and then passes it on, though its sender may have
    /// given it up long ago.
    /// </summary>
    public void StallSome(Random random, TimeSpan time)
    {
        lock (_open)
        {
            foreach (var stall in _open.Values.Where(_ => random.Next(2) == 0))
            {
                stall.Until = Environment.TickCount64 + (long)time.TotalMilliseconds;
            }
        }
    }

    /// <summary>Ends all connections.</summary>
    public void Cut()
    {
        lock (_open)
        {
            foreach (var client in _open.Keys)
            {
                // A reset, as of a machine that is gone: what is on its way is lost.
                client.Client.LingerState = new LingerOption(true, 0);
                client.Close();
            }

            _open.Clear();
        }
    }

    public void Heal()
    {
        IsClosed = false;
        Delay = TimeSpan.Zero;
        CutReplies(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                if (IsClosed)
                {
                    return;
                }

                await server.ConnectAsync(IPAddress.Loopback, _serverPort);
                client.NoDelay = server.NoDelay = true;
                var stall = new Stall();
                Add(stall, client, server);
                await Task.WhenAny(
                    PumpAsync(client.GetStream(), server.GetStream(), isReply: false, stall),
                    PumpAsync(server.GetStream(), client.GetStream(), isReply: true, new Stall()));
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException
                or InvalidOperationException)
            {
                // One side is gone, and with it the pair.
            }
            finally
            {
                Remove(client, server);
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool isReply, Stall stall)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _stopping.Token) is var read and > 0)
            {
                if (Delay is var delay && delay > TimeSpan.Zero)
                {
                    await Task.Delay(delay, _stopping.Token);
                }

                while (stall.Until - Environment.TickCount64 is var left and > 0)
                {
                    await Task.Delay((int)left, _stopping.Token);
                }

                var cut = isReply && Interlocked.Decrement(ref _repliesToCut) >= 0;
                await to.WriteAsync(buffer.AsMemory(0, cut ? read / 2 : read), _stopping.Token);
                if (cut)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException
            or OperationCanceledException)
        {
            // One side is gone, and with it the pair.
        }
    }

    private void Add(Stall stall, params ReadOnlySpan<TcpClient> clients)
    {
        lock (_open)
        {
            foreach (var client in clients)
            {
                _open.Add(client, stall);
            }
        }
    }

    private void Remove(params ReadOnlySpan<TcpClient> clients)
    {
        lock (_open)
        {
            foreach (var client in clients)
            {
                _open.Remove(client);
            }
        }
    }

    private sealed class Stall
    {
        private long _until;

        /// <summary>Until when data is held back, in milliseconds since the system started.</summary>
        internal long Until
        {
            get => Volatile.Read(ref _until);
            set => Volatile.Write(ref _until, value);
        }
    }
}
