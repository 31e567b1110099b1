using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Asynq.Typed.Redis;

/// <summary>Finds out why nobody answers at an address: the client library says only that it is so.</summary>
internal static class RedisProbe
{
    private const int LongestLine = 512;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly byte[] Ping = "PING\r\n"u8.ToArray();

    /// <summary>The reason, as a sentence without secrets; <c>null</c> where nothing is wrong at this address.</summary>
    internal static async Task<string?> ExplainAsync(EndPoint endpoint, bool tls, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            using var socket = endpoint is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endpoint, patience.Token).ConfigureAwait(false);
            return tls ? null : Explain(await PingAsync(socket, patience.Token).ConfigureAwait(false));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // What answers to TLS only may cut the connection when it hears anything else.
            return Explain("");
        }
        catch (SocketException exception)
        {
            return exception.Message.TrimEnd('.') + ".";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "it took too long to connect, or to answer.";
        }
    }

    private static string? Explain(string answer) => answer switch
    {
        _ when answer.StartsWith('+') => null,
        _ when answer.StartsWith("-NOAUTH", StringComparison.Ordinal) =>
            "it asks for a password: check user and password in the connection text.",
        _ when answer.StartsWith('-') => $"it answers '{answer[1..].Trim()}'.",
        _ => "something accepts connections there, but does not answer as Redis does "
            + "(a server with TLS needs 'rediss://', one without needs 'redis://').",
    };

    private static async Task<string> PingAsync(Socket socket, CancellationToken ct)
    {
        await socket.SendAsync(Ping, ct).ConfigureAwait(false);
        var line = new byte[LongestLine];
        var length = 0;
        while (length < line.Length && !line.AsSpan(0, length).Contains((byte)'\n'))
        {
            var received = await socket.ReceiveAsync(line.AsMemory(length), ct).ConfigureAwait(false);
            if (received == 0)
            {
                break;
            }

            length += received;
        }

        return Encoding.ASCII.GetString(line, 0, length);
    }
}
