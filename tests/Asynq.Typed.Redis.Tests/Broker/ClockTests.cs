using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Machines whose clocks differ agree on leases and due times, because they go by Redis'.</summary>
public sealed class ClockTests
{
    [Theory, EachBackend]
    public async Task The_brokers_time_is_the_providers_until_Redis_was_asked(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        Assert.Equal(Start, scene.Broker.Now);

        await scene.Broker.SampleClockAsync(Ct);

        var time = (RedisValue[])(await scene.Database.ExecuteAsync("TIME"))!;
        var redis = DateTimeOffset.FromUnixTimeSeconds((long)time[0]).AddMicroseconds((long)time[1]);
        Assert.InRange(scene.Broker.Now, redis.AddSeconds(-30), redis.AddSeconds(1));
        var sampled = scene.Broker.Now;
        scene.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(sampled.AddSeconds(5), scene.Broker.Now);
    }

    [Theory, EachBackend]
    public async Task A_process_that_only_enqueues_asks_again_when_it_was_told_the_time_long_ago(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var source = new BrokerSource(_ => ValueTask.FromResult(RedisConnection.Wrap(database.Multiplexer)), time);
        var broker = await source.GetAsync(Ct);
        var told = broker.Now;

        // Its clock runs ahead of Redis'.
        time.Advance(TimeSpan.FromSeconds(59));
        await source.GetAsync(Ct);
        Assert.Equal(told.AddSeconds(59), broker.Now);
        time.Advance(TimeSpan.FromHours(2));
        await source.GetAsync(Ct);

        Assert.InRange(broker.Now, told, told.AddMinutes(30));
    }

    [Theory, EachBackend]
    public async Task A_process_whose_machine_has_slept_asks_again_at_once(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var time = new SettableTime(TimeProvider.System.GetUtcNow());
        await using var source = new BrokerSource(_ => ValueTask.FromResult(RedisConnection.Wrap(database.Multiplexer)), time);
        var broker = await source.GetAsync(Ct);
        var told = broker.Now;

        await source.GetAsync(Ct);
        Assert.Equal(told, broker.Now);

        // The timestamps stood still, the clock did not.
        time.Set = TimeSpan.FromHours(1);
        await source.GetAsync(Ct);
        Assert.True(broker.Now > told, "Redis' clock, which goes on in the test, was asked again.");
    }

    [Theory, EachBackend]
    public async Task A_lease_is_written_by_the_sampled_clock(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.SampleClockAsync(Ct);

        var task = await scene.EnqueueAndFetchAsync(Message("a"));

        Assert.Equal(scene.Broker.Now + Lease, task.LeaseExpiry);
        Assert.Equal(
            (scene.Broker.Now + Lease).ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Lease, "a"));
    }
}
