using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Asynq.Typed.Torture.Topologies;

/// <summary>
/// One command to one server, by a connection of its own that goes where it is sent. The answer is text: the elements of an
/// array stand on lines of their own, an error is its message, and so is a server that cannot be reached or does not answer.
/// </summary>
internal static class RespCall
{
    /// <summary>What the answer starts with where there is none.</summary>
    public const string NoAnswer = "no answer";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task<string> AskAsync(int port, params string[] command)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, giveUp.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(Encode(command), giveUp.Token);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return await ReadAsync(reader, giveUp.Token);
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            return $"{NoAnswer}: {exception.Message}";
        }
    }

    /// <summary>Asks until the answer is as expected.</summary>
    public static async Task UntilAsync(int port, TimeSpan patience, Func<string, bool> isExpected, params string[] command)
    {
        var end = DateTime.UtcNow + patience;
        while (true)
        {
            var answer = await AskAsync(port, command);
            if (isExpected(answer))
            {
                return;
            }

            if (DateTime.UtcNow > end)
            {
                throw new TimeoutException($"Port {port} kept answering '{string.Join(' ', command)}' with: {answer}");
            }

            await Task.Delay(Interval);
        }
    }

    private static byte[] Encode(string[] command)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
        foreach (var part in command)
        {
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var head = await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("The connection ended.");
        switch (head[0])
        {
            case '*':
                var elements = new List<string>();
                for (var left = Number(head); left > 0; left--)
                {
                    elements.Add(await ReadAsync(reader, cancellationToken));
                }

                return string.Join('\n', elements);
            case '$' when Number(head) < 0:
                return "";
            case '$':
                // What is asked for here is ASCII: as many characters as bytes.
                var text = new char[Number(head) + 2];
                await reader.ReadBlockAsync(text, cancellationToken);
                return new string(text, 0, text.Length - 2);
            default:
                return head[1..];
        }
    }

    private static int Number(string head) => int.Parse(head.AsSpan(1), CultureInfo.InvariantCulture);
}
