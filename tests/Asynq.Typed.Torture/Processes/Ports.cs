using System.Net;
using System.Net.Sockets;

namespace Asynq.Typed.Torture.Processes;

internal static class Ports
{
    // A cluster node's bus is 10,000 above. Both below 32,768, where the system takes ports of its own for outgoing connections:
    // a server that is killed and started again needs the same.
    private const int First = 10_001;
    private const int Last = 20_000;

    private static int _next = First + Random.Shared.Next(Last - First);

    /// <summary>A loopback port that nobody listens on.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _next);
            if (port > Last)
            {
                Volatile.Write(ref _next, First);
                continue;
            }

            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }
}
