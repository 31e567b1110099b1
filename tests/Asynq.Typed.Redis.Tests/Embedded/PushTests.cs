using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Embedded;

/// <summary>Messages of channels, on a server that holds back what it sends until it is on disk.</summary>
public sealed class PushTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("asynq-push-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Subscribers_that_do_not_read_take_no_thread_from_the_others()
    {
        // More than there are processors, and than threads that other tests keep busy.
        const int Deaf = 24;
        const int Messages = 8;
        await using var server = await StartAsync();
        var deaf = new List<TcpClient>();
        try
        {
            while (deaf.Count < Deaf)
            {
                deaf.Add(await ConnectAsync(server, receiveBuffer: 4096));
                await SendAsync(deaf[^1], "SUBSCRIBE", "c");
            }

            await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",asyncTimeout=60000");
            var database = redis.GetDatabase();
            while ((long)await database.ExecuteAsync("PUBLISH", "c", "") < Deaf)
            {
                await Task.Yield();
            }

            // More than the sockets take, and the sends that Garnet lets be under way at a time.
            var message = new byte[1024 * 1024];
            for (var i = 0; i < Messages; i++)
            {
                await database.ExecuteAsync("PUBLISH", "c", message).WaitAsync(Patience, Ct);
            }

            for (var i = 0; i < 50; i++)
            {
                await database.StringSetAsync("k", "v").WaitAsync(Patience, Ct);
            }

            Assert.InRange(BusyThreads(), 0, Deaf - 1);
        }
        finally
        {
            deaf.ForEach(static client => client.Dispose());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(300_000)]
    public async Task A_connection_hears_what_its_own_script_publishes(int length)
    {
        await using var server = await StartAsync();
        using var client = await ConnectAsync(server);
        await SendAsync(client, "HELLO", "3");
        await SendAsync(client, "SUBSCRIBE", "c");
        var text = new string('x', length);

        // Together, so that there are replies before and behind it.
        await SendAsync(
            client,
            ["PING", "before"],
            ["EVAL", "redis.call('PUBLISH', ARGV[1], ARGV[2]) return 'reply'", "0", "c", text],
            ["PING", "behind"]);

        var expected = $"$6\r\nbefore\r\n>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n${length}\r\n{text}\r\n$5\r\nreply\r\n$6\r\nbehind\r\n";
        var received = await ReceiveUntilAsync(client, "$6\r\nbehind\r\n");
        Assert.EndsWith(expected, received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_owed_to_a_client_arrives_in_order()
    {
        await using var server = await StartAsync();
        using var client = await ConnectAsync(server, receiveBuffer: 4096);
        string[][] commands = [.. Enumerable.Range(0, 3_000).Select(static i => new[] { "ECHO", $"{i}:{new string('x', i)}" })];

        var sending = SendAsync(client, commands);
        var received = await ReceiveUntilAsync(client, commands[^1][1] + "\r\n");
        await sending;

        Assert.Equal(string.Concat(commands.Select(static command => $"${command[1].Length}\r\n{command[1]}\r\n")), received);
    }

    private static int BusyThreads()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var available, out _);
        return most - available;
    }

    private Task<EmbeddedServer> StartAsync() =>
        EmbeddedServer.StartAsync(new EmbeddedServerOptions { DataDirectory = _directory }, Ct);

    private static async Task<TcpClient> ConnectAsync(EmbeddedServer server, int receiveBuffer = 64 * 1024)
    {
        var client = new TcpClient { ReceiveBufferSize = receiveBuffer };
        await client.ConnectAsync("127.0.0.1", server.Port, Ct);
        return client;
    }

    private static Task SendAsync(TcpClient client, params string[] command) => SendAsync(client, [command]);

    private static async Task SendAsync(TcpClient client, params string[][] commands)
    {
        var text = new StringBuilder();
        foreach (var command in commands)
        {
            text.Append($"*{command.Length}\r\n");
            foreach (var part in command)
            {
                text.Append($"${part.Length}\r\n{part}\r\n");
            }
        }

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text.ToString()), Ct);
    }

    private static async Task<string> ReceiveUntilAsync(TcpClient client, string end)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Patience);
        var received = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (received.Length < end.Length || received.ToString(received.Length - end.Length, end.Length) != end)
        {
            var read = await client.GetStream().ReadAsync(buffer, limit.Token);
            Assert.NotEqual(0, read);
            received.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return received.ToString();
    }
}
