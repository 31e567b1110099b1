using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Embedded;

public sealed class CrashTests : IDisposable
{
    private const int Rounds = 4;
    private const int Writers = 4;
    private const int TasksOfScript = 100;
    private const string Options = ",allowAdmin=true,abortConnect=false,asyncTimeout=60000,connectTimeout=5000";

    // Like an enqueue of many: for each task a hash, then its id in a list. The last write is a mark.
    private const string Script =
        """
        for i = 1, tonumber(ARGV[2]) do
            redis.call('HSET', KEYS[1] .. ':t:' .. ARGV[1] .. '.' .. i, 'state', 'pending')
            redis.call('LPUSH', KEYS[1], ARGV[1] .. '.' .. i)
        end
        redis.call('SADD', KEYS[2], ARGV[1])
        return 1
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("asynq-crash-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_killed_server_comes_back_with_whole_scripts_and_all_that_it_acknowledged()
    {
        var acknowledged = new ConcurrentBag<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await WriteUntilKilledAsync(round, acknowledged);
            await using var server = await EmbeddedServer.StartAsync(new EmbeddedServerOptions { DataDirectory = _directory }, Ct);
            await AssertWholeAsync(server, acknowledged);
        }

        Assert.NotEmpty(acknowledged);
    }

    [Fact]
    public async Task A_subscriber_that_does_not_read_holds_up_nobody()
    {
        await using var server = await EmbeddedServer.StartAsync(new EmbeddedServerOptions { DataDirectory = _directory }, Ct);
        using var deaf = new TcpClient { ReceiveBufferSize = 4096 };
        await deaf.ConnectAsync("127.0.0.1", server.Port, Ct);
        await deaf.GetStream().WriteAsync(Encoding.ASCII.GetBytes("*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nc\r\n"), Ct);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + Options);
        var database = redis.GetDatabase();
        while ((long)await database.ExecuteAsync("PUBLISH", "c", "") == 0)
        {
            await Task.Yield();
        }

        var message = new byte[1024 * 1024];
        for (var i = 0; i < 60; i++)
        {
            await database.ScriptEvaluateAsync(
                "redis.call('SET', KEYS[1], 'v') redis.call('PUBLISH', ARGV[1], ARGV[2]) return 1", ["k"], ["c", message])
                .WaitAsync(TimeSpan.FromSeconds(5), Ct);
        }
    }

    [Fact]
    public async Task A_killed_server_comes_back_with_all_that_it_acknowledged_though_it_let_go_of_log_before_its_checkpoints()
    {
        var acknowledged = new ConcurrentBag<string>();
        for (var round = 0; round < 2; round++)
        {
            using (var node = StartNode())
            {
                try
                {
                    await WriteMuchAsync(await node.StandardOutput.ReadLineAsync(Ct) + Options, round, acknowledged);
                }
                finally
                {
                    node.Kill();
                    await node.WaitForExitAsync(Ct);
                }
            }

            await using var server = await EmbeddedServer.StartAsync(new EmbeddedServerOptions { DataDirectory = _directory }, Ct);
            await AssertTasksAsync(server, acknowledged);
        }
    }

    private async Task WriteUntilKilledAsync(int round, ConcurrentBag<string> acknowledged)
    {
        using var node = StartNode();
        try
        {
            var address = await node.StandardOutput.ReadLineAsync(Ct);
            var enough = acknowledged.Count + (10 * (round + 1));
            var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(address + Options, $"{round}.{writer}", acknowledged));
            var writing = Task.WhenAll(writers.Append(SaveAsync(address + Options)));
            while (acknowledged.Count < enough && !writing.IsCompleted)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Ct);
            }

            node.Kill();
            await writing;
        }
        finally
        {
            node.Kill();
            await node.WaitForExitAsync(Ct);
        }
    }

    private Process StartNode() => Process.Start(
        new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Asynq.Typed.Embedded.Node"), [_directory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

    /// <summary>
    /// Enqueues tasks of several segments of the log, while the data is saved again and again, until a segment has gone and
    /// more was written since.
    /// </summary>
    private async Task WriteMuchAsync(string address, int round, ConcurrentBag<string> acknowledged)
    {
        const int Bytes = 1024 * 1024;
        const int Tasks = 160;
        const int AfterSave = 10;
        await using var connection = await RedisConnection.ConnectAsync(address, Ct);
        var broker = new Broker(connection, TimeProvider.System);
        var payload = new byte[Bytes];
        new Random(round).NextBytes(payload);
        await EnqueueAsync(0);
        string[] old = [.. LogSegments()];
        Assert.NotEmpty(old);
        for (var number = 1; number < Tasks; number++)
        {
            await EnqueueAsync(number);
            if (number % 40 == 39)
            {
                await connection.Database.ExecuteAsync("SAVE");
            }
        }

        Assert.DoesNotContain(LogSegments(), old.Contains);
        Assert.NotEmpty(LogSegments());
        for (var number = Tasks; number < Tasks + AfterSave; number++)
        {
            await EnqueueAsync(number);
        }

        async Task EnqueueAsync(int number)
        {
            var message = Operations.Scene.Message(string.Create(CultureInfo.InvariantCulture, $"{round}.{number}"));
            message.Payload = Google.Protobuf.ByteString.CopyFrom(payload);
            Assert.Equal(EnqueueOutcome.Enqueued, await broker.EnqueueAsync(message, Ct));
            acknowledged.Add(message.Id);
        }
    }

    private IEnumerable<string> LogSegments() =>
        Directory.EnumerateFiles(_directory, "aof.log.*", SearchOption.AllDirectories);

    private static async Task AssertTasksAsync(EmbeddedServer server, ConcurrentBag<string> acknowledged)
    {
        await using var connection = await RedisConnection.ConnectAsync(server.ConnectionString + Options, Ct);
        var keys = Keys.Of(Operations.Scene.Queue);
        var pending = (await connection.Database.ListRangeAsync(keys.Pending)).Select(static id => id.ToString()).Order();
        Assert.Equal(acknowledged.Order(), pending);
        foreach (var id in acknowledged)
        {
            var message = TaskMessage.Parser.ParseFrom((byte[])(await connection.Database.HashGetAsync(keys.Task(id), "msg"))!);
            Assert.Equal((id, 1024 * 1024), (message.Id, message.Payload.Length));
        }
    }

    // Each writer has a queue of its own, so that scripts run side by side.
    private static async Task WriteAsync(string address, string writer, ConcurrentBag<string> acknowledged)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(address);
        try
        {
            for (var i = 0; ; i++)
            {
                var batch = string.Create(CultureInfo.InvariantCulture, $"{writer}.{i}");
                await redis.GetDatabase().ScriptEvaluateAsync(Script, ["q" + writer, "batches"], [batch, TasksOfScript]);
                acknowledged.Add(batch);
            }
        }
        catch (RedisException)
        {
            // Killed.
        }
    }

    private static async Task SaveAsync(string address)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(address);
        try
        {
            while (true)
            {
                await redis.GetDatabase().ExecuteAsync("SAVE");
            }
        }
        catch (RedisException)
        {
            // Killed.
        }
    }

    private static async Task AssertWholeAsync(EmbeddedServer server, ConcurrentBag<string> acknowledged)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + Options);
        var database = redis.GetDatabase();
        var batches = (await database.SetMembersAsync("batches")).Select(batch => batch.ToString()).ToHashSet();
        Assert.Empty(acknowledged.Except(batches));

        List<string> keys = [.. redis.GetServers().Single().Keys(pattern: "q*", pageSize: 10_000).Select(key => key.ToString())];
        List<string> hashes = [.. keys.Where(key => key.Contains(":t:", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        var listed = new List<string>();
        foreach (var list in keys.Where(key => !key.Contains(':')))
        {
            listed.AddRange((await database.ListRangeAsync(list)).Select(id => $"{list}:t:{id}"));
        }

        Assert.Equal(hashes, listed.Order(StringComparer.Ordinal));
        Assert.Equal(batches.Count * TasksOfScript, hashes.Count);
    }
}
