using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Embedded;

public sealed class FixtureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task A_database_is_handed_out_empty(Backend backend)
    {
        string connectionString;
        await using (var first = await TestDatabase.OpenAsync(backend, Ct))
        {
            connectionString = first.ConnectionString;
            await first.Database.StringSetAsync("left", "behind");
        }

        await using var second = await TestDatabase.OpenAsync(backend, Ct);
        Assert.Equal(0, (long)await second.Database.ExecuteAsync("DBSIZE"));
    }

    [Theory, EachBackend]
    public async Task Databases_in_use_at_once_are_on_servers_of_their_own(Backend backend)
    {
        await using var first = await TestDatabase.OpenAsync(backend, Ct);
        await using var second = await TestDatabase.OpenAsync(backend, Ct);

        Assert.NotEqual(first.ConnectionString, second.ConnectionString);
    }

    [Fact]
    public async Task A_redis_server_ends_with_its_disposal_and_leaves_no_directory()
    {
        var server = await RedisServer.StartAsync(cancellationToken: Ct);
        int pid;
        await using (var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString))
        {
            var info = (string?)await redis.GetDatabase().ExecuteAsync("INFO", "server");
            pid = int.Parse(
                info!.Split("process_id:")[1].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
        }

        await server.DisposeAsync();

        Assert.False(Directory.Exists($"/proc/{pid}"));
        Assert.False(Directory.Exists(server.Directory));
    }

    [Fact]
    public async Task A_redis_server_takes_arguments_and_a_configuration_file()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions
            {
                Arguments = ["--maxmemory", "50mb"],
                ConfigurationFile = ["maxclients 77", "unixsocket {directory}/{port}.sock"],
            },
            Ct);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);

        var db = redis.GetDatabase();
        Assert.Equal(["maxmemory", "52428800"], (string[])(await db.ExecuteAsync("CONFIG", "GET", "maxmemory"))!);
        Assert.Equal(["maxclients", "77"], (string[])(await db.ExecuteAsync("CONFIG", "GET", "maxclients"))!);
        Assert.True(File.Exists(Path.Combine(server.Directory, $"{server.Port}.sock")));
    }

    [Fact]
    public async Task A_redis_server_that_cannot_start_says_why()
    {
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--no-such-option", "1"] }, Ct));

        Assert.Contains("no-such-option", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redis_server_on_a_port_in_use_is_refused()
    {
        await using var first = await RedisServer.StartAsync(cancellationToken: Ct);

        var failed = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RedisServer.StartAsync(new RedisServerOptions { Port = first.Port }, Ct));

        Assert.Contains("Address already in use", failed.Message, StringComparison.Ordinal);
    }
}
