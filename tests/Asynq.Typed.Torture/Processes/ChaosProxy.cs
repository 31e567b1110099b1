using System.Net;
using System.Net.Sockets;

namespace Asynq.Typed.Torture.Processes;

/// <summary>Stands between everybody and one server, and breaks connections: at once, slowly, or in the middle of a reply.</summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    // So often who waits looks whether it need not any more.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<TcpClient, Stall> _open = [];
    private readonly int _serverPort;
    private readonly Task _accepting;
    private readonly List<TimeSpan> _delays = [];
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
    public TimeSpan Delay => TimeSpan.FromTicks(Volatile.Read(ref _delayTicks));

    /// <summary>Refuses connections, as a server that is not there.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Passes only the first half of each of the next replies, and ends their connections.</summary>
    public void CutReplies(int count) => Volatile.Write(ref _repliesToCut, count);

    /// <summary>
    /// Holds back each piece of data for at least a time, until the answer is disposed: of the faults that do so at once, the
    /// longest delay counts.
    /// </summary>
    public IDisposable Slow(TimeSpan delay)
    {
        lock (_delays)
        {
            _delays.Add(delay);
            Volatile.Write(ref _delayTicks, _delays.Max().Ticks);
        }

        return new Slowness(this, delay);
    }

    /// <summary>
    /// Holds back for a time what comes to the server by one in two connections, and then passes it on, though its sender may have
    /// given it up long ago.
    /// </summary>
    /// <returns>The ports that these connections come from.</returns>
    public IReadOnlyList<int> StallSome(Random random, TimeSpan time)
    {
        lock (_open)
        {
            var some = _open.Values.Distinct().Where(_ => random.Next(2) == 0).ToList();
            foreach (var stall in some)
            {
                stall.Until = Environment.TickCount64 + (long)time.TotalMilliseconds;
            }

            return [.. some.Select(stall => stall.Port)];
        }
    }

    /// <summary>Passes on what a stall held back.</summary>
    public void EndStalls()
    {
        lock (_open)
        {
            foreach (var stall in _open.Values)
            {
                stall.Until = 0;
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
        EndStalls();
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
                var stall = new Stall(((IPEndPoint)client.Client.RemoteEndPoint!).Port);
                Add(stall, client, server);
                await Task.WhenAny(
                    PumpAsync(client.GetStream(), server.GetStream(), isReply: false, stall),
                    PumpAsync(server.GetStream(), client.GetStream(), isReply: true, new Stall(0)));
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
                    await Task.Delay((int)Math.Min(left, (long)Slice.TotalMilliseconds), _stopping.Token);
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

    private void EndSlowness(TimeSpan delay)
    {
        lock (_delays)
        {
            _delays.Remove(delay);
            Volatile.Write(ref _delayTicks, _delays.DefaultIfEmpty().Max().Ticks);
        }
    }

    private sealed class Slowness(ChaosProxy proxy, TimeSpan delay) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                proxy.EndSlowness(delay);
            }
        }
    }

    private sealed class Stall(int port)
    {
        private long _until;

        internal int Port => port;

        /// <summary>Until when data is held back, in milliseconds since the system started.</summary>
        internal long Until
        {
            get => Volatile.Read(ref _until);
            set => Volatile.Write(ref _until, value);
        }
    }
}
