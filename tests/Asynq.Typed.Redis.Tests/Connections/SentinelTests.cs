using Asynq.Typed.Testing.Topologies;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>Redis behind sentinels, and what a failover leaves.</summary>
public sealed class SentinelTests
{
    [Fact]
    public async Task Work_goes_on_after_a_failover_that_the_sentinel_was_asked_for()
    {
        await using var group = await RedisSentinels.StartAsync(cancellationToken: Ct);
        await using var connection = await RedisConnection.ConnectAsync(
            $"redis-sentinel://127.0.0.1:{group.Sentinel.Port}?master={RedisSentinels.MasterName}", Ct);

        await AssertSurvivesAsync(connection, group.FailOverAsync);

        Assert.Equal("1", await RedisCli.RunAsync(group.Replica.Port, "EXISTS", "asynq:queues"));
        Assert.Equal(
            $"master 'main' of the sentinels 127.0.0.1:{group.Sentinel.Port}", connection.Endpoints);
    }

    [Fact]
    public async Task Work_goes_on_after_the_primary_died()
    {
        await using var group = await RedisSentinels.StartAsync(cancellationToken: Ct);
        await using var connection = await RedisConnection.ConnectAsync(
            $"127.0.0.1:{group.Sentinel.Port},serviceName={RedisSentinels.MasterName}", Ct);

        await AssertSurvivesAsync(connection, async () =>
        {
            await group.Primary.DisposeAsync();
            await group.UntilPromotedAsync();
        });
    }

    [Fact]
    public async Task Sentinels_and_servers_can_have_a_password()
    {
        await using var group = await RedisSentinels.StartAsync("hunter2", Ct);
        await using var connection = await RedisConnection.ConnectAsync(
            $"redis-sentinel://:hunter2@127.0.0.1:{group.Sentinel.Port}/4?master={RedisSentinels.MasterName}", Ct);

        await ConnectTests.LifeOfATaskAsync(connection);

        Assert.Equal(4, connection.Database.Database);
    }

    [Fact]
    public async Task A_master_that_the_sentinels_do_not_know_is_told()
    {
        await using var group = await RedisSentinels.StartAsync(cancellationToken: Ct);

        var exception = await Assert.ThrowsAsync<RedisUnreachableException>(
            () => RedisConnection.ConnectAsync($"redis-sentinel://127.0.0.1:{group.Sentinel.Port}?master=other", Ct));

        Assert.Contains("master 'other'", exception.Message, StringComparison.Ordinal);
    }

    private static async Task AssertSurvivesAsync(RedisConnection connection, Func<Task> failOver)
    {
        var broker = new Broker(connection, TimeProvider.System);
        var cancelled = new Heard();
        await using var cancellations = await broker.SubscribeCancellationsAsync(cancelled.Add, Ct);
        await ConnectTests.LifeOfATaskAsync(connection);
        await cancelled.UntilAsync("before", () => broker.PublishCancellationAsync("before", Ct));

        await failOver();

        // A new primary has no scripts and no subscribers, and the library takes a moment to find it.
        var traffic = new Traffic(broker, "after");
        var running = traffic.RunAsync(Ct);
        await traffic.UntilDoneAsync(20);
        traffic.Stop();
        await running;
        traffic.AssertEachOnce();
        await cancelled.UntilAsync("after", () => broker.PublishCancellationAsync("after", Ct));
    }
}
