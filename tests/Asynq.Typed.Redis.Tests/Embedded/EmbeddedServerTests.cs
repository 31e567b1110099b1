using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Embedded;

public sealed class EmbeddedServerTests : IDisposable
{
    private const string Patient = ",asyncTimeout=60000";

    private readonly string _directory = Directory.CreateTempSubdirectory("asynq-embedded-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Runs_scripts_on_a_free_loopback_port()
    {
        await using var server = await EmbeddedServer.StartAsync(cancellationToken: Ct);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);

        var reply = await redis.GetDatabase().ScriptEvaluateAsync(
            "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])", ["k"], ["v"]);

        Assert.Equal("v", (string?)reply);
    }

    [Fact]
    public async Task Two_servers_in_one_process_are_apart()
    {
        await using var first = await EmbeddedServer.StartAsync(cancellationToken: Ct);
        await using var second = await EmbeddedServer.StartAsync(cancellationToken: Ct);
        await using var toFirst = await ConnectionMultiplexer.ConnectAsync(first.ConnectionString);
        await using var toSecond = await ConnectionMultiplexer.ConnectAsync(second.ConnectionString);

        await toFirst.GetDatabase().StringSetAsync("k", "first");

        Assert.NotEqual(first.Port, second.Port);
        Assert.True((await toSecond.GetDatabase().StringGetAsync("k")).IsNull);
    }

    [Fact]
    public async Task Refuses_a_port_that_is_in_use()
    {
        await using var first = await EmbeddedServer.StartAsync(cancellationToken: Ct);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => EmbeddedServer.StartAsync(new EmbeddedServerOptions { Port = first.Port }, Ct));

        Assert.Contains($"127.0.0.1:{first.Port}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_536)]
    public async Task Refuses_a_port_that_is_none(int port) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => EmbeddedServer.StartAsync(new EmbeddedServerOptions { Port = port }, Ct));

    [Fact]
    public async Task A_data_directory_outlives_the_server()
    {
        var options = new EmbeddedServerOptions { DataDirectory = _directory };
        await using (var server = await EmbeddedServer.StartAsync(options, Ct))
        {
            await WriteEachTypeAsync(server);
        }

        await using var again = await EmbeddedServer.StartAsync(options, Ct);
        await AssertEachTypeAsync(again);
    }

    [Fact]
    public async Task What_is_acknowledged_is_on_disk()
    {
        var copy = Path.Combine(_directory, "copy");
        var original = Path.Combine(_directory, "original");
        await using var server = await EmbeddedServer.StartAsync(
            new EmbeddedServerOptions { DataDirectory = original }, Ct);
        await WriteEachTypeAsync(server);

        // A crash at this moment leaves what the directory holds now.
        CopyDirectory(original, copy);

        await using var recovered = await EmbeddedServer.StartAsync(
            new EmbeddedServerOptions { DataDirectory = copy }, Ct);
        await AssertEachTypeAsync(recovered);
    }

    [Fact]
    public async Task A_checkpoint_and_what_was_written_after_it_are_recovered_together()
    {
        var copy = Path.Combine(_directory, "copy");
        var original = Path.Combine(_directory, "original");
        await using var server = await EmbeddedServer.StartAsync(
            new EmbeddedServerOptions { DataDirectory = original }, Ct);
        await WriteEachTypeAsync(server);
        await using (var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",allowAdmin=true"))
        {
            await redis.GetDatabase().ExecuteAsync("SAVE");
            await redis.GetDatabase().ListLeftPushAsync("list", "after");
            await redis.GetDatabase().KeyDeleteAsync("set");
        }

        CopyDirectory(original, copy);

        await using var recovered = await EmbeddedServer.StartAsync(
            new EmbeddedServerOptions { DataDirectory = copy }, Ct);
        await using var reader = await ConnectionMultiplexer.ConnectAsync(recovered.ConnectionString);
        var db = reader.GetDatabase();
        Assert.Equal(["after", "b", "a"], (await db.ListRangeAsync("list")).Select(value => (string?)value));
        Assert.Equal("pending", await db.HashGetAsync("hash", "state"));
        Assert.False(await db.KeyExistsAsync("set"));
    }

    [Fact]
    public async Task A_data_directory_has_one_server()
    {
        var options = new EmbeddedServerOptions { DataDirectory = _directory };
        await using var first = await EmbeddedServer.StartAsync(options, Ct);

        var refused = await Assert.ThrowsAsync<IOException>(() => EmbeddedServer.StartAsync(options, Ct));

        Assert.Contains(_directory, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payload_of_64_MiB_survives_a_restart()
    {
        var payload = new byte[64 * 1024 * 1024];
        new Random(1).NextBytes(payload);
        var options = new EmbeddedServerOptions { DataDirectory = _directory };
        await using (var server = await EmbeddedServer.StartAsync(options, Ct))
        await using (var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + Patient))
        {
            await redis.GetDatabase().HashSetAsync("h", "msg", payload);
        }

        await using var again = await EmbeddedServer.StartAsync(options, Ct);
        await using var reader = await ConnectionMultiplexer.ConnectAsync(again.ConnectionString + Patient);
        var read = (byte[]?)await reader.GetDatabase().HashGetAsync("h", "msg");
        Assert.True(payload.AsSpan().SequenceEqual(read));
    }

    private static async Task WriteEachTypeAsync(EmbeddedServer server)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        await redis.GetDatabase().ScriptEvaluateAsync(
            """
            redis.call('SET', KEYS[1], 'v', 'EX', 3600)
            redis.call('HSET', KEYS[2], 'msg', 'm', 'state', 'pending')
            redis.call('LPUSH', KEYS[3], 'a', 'b')
            redis.call('ZADD', KEYS[4], 5, 'z')
            redis.call('SADD', KEYS[5], 's')
            return 1
            """,
            ["string", "hash", "list", "zset", "set", "lock"]);
    }

    private static async Task AssertEachTypeAsync(EmbeddedServer server)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var db = redis.GetDatabase();
        Assert.Equal("v", await db.StringGetAsync("string"));
        Assert.InRange((await db.KeyTimeToLiveAsync("string"))!.Value.TotalSeconds, 3000, 3600);
        Assert.Equal("pending", await db.HashGetAsync("hash", "state"));
        Assert.Equal(["b", "a"], (await db.ListRangeAsync("list")).Select(value => (string?)value));
        Assert.Equal(5, await db.SortedSetScoreAsync("zset", "z"));
        Assert.True(await db.SetContainsAsync("set", "s"));
    }

    private static void CopyDirectory(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            if (Path.GetFileName(file) != "in-use.lock")
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var copy = File.Create(target);
                source.CopyTo(copy);
            }
        }
    }
}
