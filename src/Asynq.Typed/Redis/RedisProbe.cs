using System.Net;
using System.Net.Sockets;

namespace Asynq.Typed.Redis;

/// <summary>Finds out why nobody answered at an address: the client library says only that it was so.</summary>
internal static class RedisProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The reason, as a sentence without secrets.</summary>
    internal static async Task<string> ExplainAsync(EndPoint endpoint, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            using var socket = endpoint is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endpoint, patience.Token).ConfigureAwait(false);
            return "something accepts connections there, but does not answer as Redis does "
                + "(a server with TLS needs 'rediss://', one without needs 'redis://').";
        }
        catch (SocketException exception)
        {
            return exception.Message.TrimEnd('.') + ".";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "connecting took too long.";
        }
    }
}
