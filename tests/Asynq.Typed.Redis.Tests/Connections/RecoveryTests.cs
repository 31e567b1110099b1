using Asynq.Typed.Testing;
using Asynq.Typed.Testing.Topologies;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>What a server does that is restarted, demoted, loading or full, and how work goes on.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task Scripts_that_were_flushed_are_sent_again()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await ConnectAsync(server);
        for (var i = 0; i < 3; i++)
        {
            await ConnectTests.LifeOfATaskAsync(connection);
            await RedisCli.DoAsync(server.Port, "SCRIPT", "FLUSH");
        }

        await ConnectTests.LifeOfATaskAsync(connection);
    }

    [Fact]
    public async Task Scripts_flushed_under_load_lose_no_task()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await ConnectAsync(server);
        var traffic = new Traffic(new Broker(connection, TimeProvider.System), Queue);
        var running = traffic.RunAsync(Ct);
        for (var i = 1; i <= 10; i++)
        {
            await RedisCli.DoAsync(server.Port, "SCRIPT", "FLUSH");
            await traffic.UntilDoneAsync(i * 3);
        }

        traffic.Stop();
        await running;
        traffic.AssertEachOnce();
    }

    [Fact]
    public async Task A_restarted_server_is_found_again_with_its_subscriptions()
    {
        var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await ConnectAsync(server);
        var broker = new Broker(connection, TimeProvider.System);
        var heard = new Heard();
        await using var subscription = await broker.SubscribeCancellationsAsync(heard.Add, Ct);
        await ConnectTests.LifeOfATaskAsync(connection);
        await heard.UntilAsync("before", () => broker.PublishCancellationAsync("before", Ct));

        await server.DisposeAsync();
        await using var again = await RedisServer.StartAsync(new RedisServerOptions { Port = server.Port }, Ct);

        var traffic = new Traffic(broker, Queue);
        var running = traffic.RunAsync(Ct);
        await traffic.UntilDoneAsync(3);
        traffic.Stop();
        await running;
        traffic.AssertEachOnce();
        await heard.UntilAsync("after", () => broker.PublishCancellationAsync("after", Ct));
    }

    [Fact]
    public async Task Connections_that_are_cut_again_and_again_lose_no_task_and_run_none_twice()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await ConnectAsync(server);
        var traffic = new Traffic(new Broker(connection, TimeProvider.System), Queue);
        var running = traffic.RunAsync(Ct);
        for (var i = 1; i <= 8; i++)
        {
            await RedisCli.RunAsync(server.Port, "CLIENT", "KILL", "TYPE", "normal");
            await traffic.UntilDoneAsync(i * 5);
        }

        traffic.Stop();
        await running;
        traffic.AssertEachOnce();
    }

    [Fact]
    public async Task A_call_to_a_server_that_is_gone_says_so()
    {
        var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await ConnectAsync(server);
        var broker = new Broker(connection, TimeProvider.System);
        await server.DisposeAsync();

        // The first call may be the one by which the broken connection is noticed.
        await Assert.ThrowsAsync<RedisUnreachableException>(() => broker.EnqueueAsync(Message("a"), Ct));
        var exception = await Assert.ThrowsAsync<RedisUnreachableException>(() => broker.EnqueueAsync(Message("a"), Ct));

        Assert.Equal($"Redis at 127.0.0.1:{server.Port} could not be reached: Connection refused.", exception.Message);
        Assert.False(exception.IsOutcomeUnknown);
    }

    [Fact]
    public async Task A_primary_that_is_demoted_for_a_moment_is_waited_for()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var other = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await ConnectAsync(server);
        var broker = new Broker(connection, TimeProvider.System);
        await ConnectTests.LifeOfATaskAsync(connection);
        await RedisCli.DoAsync(server.Port, "REPLICAOF", "127.0.0.1", $"{other.Port}");

        var enqueue = broker.EnqueueAsync(Message("b"), Ct);
        await RefusedOnceAsync(server);
        await RedisCli.DoAsync(server.Port, "REPLICAOF", "NO", "ONE");

        Assert.Equal(EnqueueOutcome.Enqueued, await enqueue);
    }

    [Fact]
    public async Task A_primary_that_stays_demoted_is_told()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var other = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await ConnectAsync(server);
        await ConnectTests.LifeOfATaskAsync(connection);
        await RedisCli.DoAsync(server.Port, "REPLICAOF", "127.0.0.1", $"{other.Port}");

        var exception = await Assert.ThrowsAsync<RedisRefusedException>(
            () => new Broker(connection, TimeProvider.System).EnqueueAsync(Message("b"), Ct));

        Assert.StartsWith(
            $"Redis at 127.0.0.1:{server.Port} is a read-only replica: name its primary", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_loads_its_data_is_waited_for()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = ["--enable-debug-command", "yes"] }, Ct);
        await using var connection = await ConnectAsync(server);
        var broker = new Broker(connection, TimeProvider.System);
        await broker.EnqueueAsync(Message("a"), Ct);

        var reload = await ReloadAsync(server);

        Assert.Equal(EnqueueOutcome.Enqueued, await broker.EnqueueAsync(Message("b"), Ct));
        Assert.Equal("OK", await reload);
        Assert.Equal(["a", "b"], (await broker.DequeueAsync(Queue, 2, Lease, Ct)).Tasks.Select(task => task.Id));
    }

    [Fact]
    public async Task A_server_that_loads_its_data_is_told_when_connecting()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = ["--enable-debug-command", "yes"] }, Ct);
        var reload = await ReloadAsync(server);

        var exception = await Assert.ThrowsAsync<RedisRefusedException>(() => ConnectAsync(server));

        Assert.StartsWith(
            $"Redis at 127.0.0.1:{server.Port} is loading its data set", exception.Message, StringComparison.Ordinal);
        Assert.Equal("OK", await reload);
    }

    [Fact]
    public async Task A_server_without_memory_refuses_new_tasks_and_still_finishes_old_ones()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await ConnectAsync(server);
        var broker = new Broker(connection, TimeProvider.System);
        await broker.EnqueueAsync(Message("a"), Ct);
        var task = Assert.Single((await broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
        await RedisCli.DoAsync(server.Port, "CONFIG", "SET", "maxmemory", "1mb");

        var exception = await Assert.ThrowsAsync<RedisRefusedException>(() => broker.EnqueueAsync(Message("b"), Ct));

        Assert.Equal(
            $"Redis at 127.0.0.1:{server.Port} has no memory left and refuses to store more: raise 'maxmemory', or delete "
            + "archived and completed tasks.",
            exception.Message);
        Assert.Equal("0", await RedisCli.RunAsync(server.Port, "EXISTS", "asynq:{q}:t:b", "asynq:{q}:pending"));
        Assert.Equal(LeaseOutcome.Written, await broker.DoneAsync(task, Ct));
    }

    [Fact]
    public async Task A_password_that_was_set_meanwhile_is_told()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await ConnectAsync(server);
        await ConnectTests.LifeOfATaskAsync(connection);
        await RedisCli.DoAsync(server.Port, "CONFIG", "SET", "requirepass", "hunter2");
        await RedisCli.RunAsync(server.Port, "-a", "hunter2", "--no-auth-warning", "CLIENT", "KILL", "TYPE", "normal");

        var broker = new Broker(connection, TimeProvider.System);
        RedisUnreachableException exception;
        do
        {
            exception = await Assert.ThrowsAsync<RedisUnreachableException>(() => broker.EnqueueAsync(Message("b"), Ct));
        }
        while (exception.IsOutcomeUnknown);

        Assert.Equal(
            $"Redis at 127.0.0.1:{server.Port} could not be reached: it asks for a password: check user and password in the "
            + "connection text.",
            exception.Message);
    }

    private static Task<RedisConnection> ConnectAsync(RedisServer server) =>
        RedisConnection.ConnectAsync($"redis://127.0.0.1:{server.Port}", Ct);

    /// <summary>Has the server load its data set anew, which takes a second; returns the answer to come when it has begun.</summary>
    private static async Task<Task<string>> ReloadAsync(RedisServer server)
    {
        // 1,000 keys at a millisecond each, and an ear for clients after each KiB.
        await RedisCli.RunAsync(server.Port, "DEBUG", "POPULATE", "1000", "filler", "100");
        await RedisCli.DoAsync(server.Port, "CONFIG", "SET", "key-load-delay", "1000", "loading-process-events-interval-bytes", "1024");
        var reload = RedisCli.RunAsync(server.Port, "DEBUG", "RELOAD");
        await RedisCli.UntilAsync(server.Port, answer => answer.StartsWith("LOADING", StringComparison.Ordinal), "GET", "x");
        return reload;
    }

    private static Task<string> RefusedOnceAsync(RedisServer server) => RedisCli.UntilAsync(
        server.Port, answer => answer.Contains("errorstat_READONLY", StringComparison.Ordinal), "INFO", "errorstats");
}
