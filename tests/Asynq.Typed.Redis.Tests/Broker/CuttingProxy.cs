using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>
/// Stands between a client and a server, and can break the connection in the worst moment: the server has done what the
/// client asked for, and the reply is on its way.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private readonly Queue<(TcpClient Server, byte[] Call, Task Answered)> _withheld = new();
    private int _cutsLeft;
    private int _cuts;

    internal CuttingProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many replies were lost so far.</summary>
    internal int Cuts => Volatile.Read(ref _cuts);

    /// <summary>What happens between a deed and the loss of its reply.</summary>
    internal Action Cutting { get; set; } = static () => { };

    /// <summary>The command whose replies are lost.</summary>
    internal string Command { get; set; } = "EVALSHA";

    /// <summary>Whether replies are lost, and not only held until what happens in between has happened.</summary>
    internal bool Losing { get; set; } = true;

    /// <summary>Loses the replies to the next calls of the command, each with its connection.</summary>
    internal void CutReplies(int count) => Volatile.Write(ref _cutsLeft, count);

    /// <summary>
    /// Whether it is the calls that are lost, not their replies: the server gets them when they are delivered, by the connection
    /// by which they were sent.
    /// </summary>
    internal bool Withholding { get; set; }

    /// <summary>Sends a call that was withheld, as a network does that was stalled, and waits for its reply, which nobody gets.</summary>
    internal async Task DeliverAsync()
    {
        var (server, call, answered) = _withheld.Dequeue();
        using (server)
        {
            await server.GetStream().WriteAsync(call, _stopping.Token);
            await answered;
        }
    }

    /// <summary>Accepts no connection from now on.</summary>
    internal void Refuse() => _listener.Stop();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var (server, _, _) in _withheld)
        {
            server.Dispose();
        }

        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var pairs = new List<Task>();
        try
        {
            while (true)
            {
                pairs.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(pairs);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, CancellationToken.None);
            var pair = new Pair();
            var up = PumpAsync(
                client.GetStream(),
                server.GetStream(),
                chunk =>
                {
                    pair.Asked |= Volatile.Read(ref _cutsLeft) > 0 && chunk.IndexOf(Encoding.ASCII.GetBytes(Command)) >= 0;
                    if (Withholding && pair.Asked && TakeCut())
                    {
                        pair.Withheld = chunk.ToArray();
                        pair.Lost = true;
                    }
                });
            var down = PumpAsync(
                server.GetStream(), client.GetStream(), _ => pair.Lost |= !Withholding && pair.Asked && TakeCut() && Losing);
            await Task.WhenAny(up, down);
            if (pair.Withheld is { } call)
            {
                _withheld.Enqueue((server, call, down));
                return;
            }

            client.Close();
            server.Dispose();
            await Task.WhenAll(up, down);

            async Task PumpAsync(NetworkStream from, NetworkStream to, ChunkSeen seen)
            {
                var buffer = new byte[64 * 1024];
                try
                {
                    while (await from.ReadAsync(buffer, _stopping.Token) is var read and > 0)
                    {
                        seen(buffer.AsSpan(0, read));
                        if (pair.Lost)
                        {
                            return;
                        }

                        await to.WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
                    }
                }
                catch (Exception exception) when (
                    exception is IOException or OperationCanceledException or ObjectDisposedException)
                {
                    // The other side is gone, and with it the pair.
                }
            }
        }
    }

    private bool TakeCut()
    {
        if (Interlocked.Decrement(ref _cutsLeft) < 0)
        {
            Volatile.Write(ref _cutsLeft, 0);
            return false;
        }

        Cutting();
        Interlocked.Increment(ref _cuts);
        return true;
    }

    private delegate void ChunkSeen(ReadOnlySpan<byte> chunk);

    private sealed class Pair
    {
        internal volatile bool Asked;
        internal volatile bool Lost;
        internal byte[]? Withheld;
    }
}
