using System.Collections.Concurrent;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>A scheduler whose Redis ends, with all that is in it, and comes back.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ticks_of_an_outage_are_made_up_for_and_the_entries_come_back()
    {
        var ticks = new ConcurrentQueue<DateTimeOffset>();
        var failures = new ConcurrentQueue<Exception>();
        var down = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var scheduler = AsynqScheduler.Connect(
            $"127.0.0.1:{first.Port},connectTimeout=500,syncTimeout=500",
            new AsynqSchedulerOptions
            {
                HeartbeatInterval = TimeSpan.FromSeconds(1),
                AfterEnqueue = (tick, _, _) =>
                {
                    ticks.Enqueue(tick.DueAt);
                    return default;
                },
                OnError = (_, exception, _) =>
                {
                    failures.Enqueue(exception);
                    down.TrySetResult();
                    return default;
                },
            });
        scheduler.Register(Scene.Raw("@every 1s") with { Misfire = MisfirePolicy.All(1000) });
        await scheduler.StartAsync(Ct);
        await UntilAsync(() => Task.FromResult(ticks.Count >= 2));

        await first.DisposeAsync();
        await down.Task.WaitAsync(Patience, Ct);
        var before = ticks.Count;
        await using var second = await RedisServer.StartAsync(new RedisServerOptions { Port = first.Port }, Ct);
        await UntilAsync(() => Task.FromResult(ticks.Count >= before + 3));

        Assert.All(failures, failure => Assert.IsType<RedisUnreachableException>(failure));
        var all = ticks.ToList();
        Assert.Equal(Enumerable.Range(0, all.Count).Select(i => all[0].AddSeconds(i)), all);
        await using var inspector = await AsynqInspector.ConnectAsync(second.ConnectionString, Ct);
        await UntilAsync(async () => (await inspector.ListSchedulerEntriesAsync(Ct)).Count == 1);

        await scheduler.StopAsync(Ct);
        Assert.Empty(await inspector.ListSchedulerEntriesAsync(Ct));
    }

    [Fact]
    public async Task A_scheduler_whose_Redis_is_gone_for_good_stops_all_the_same()
    {
        var redis = await RedisServer.StartAsync(cancellationToken: Ct);
        var ticked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var scheduler = AsynqScheduler.Connect(
            $"127.0.0.1:{redis.Port},connectTimeout=500,syncTimeout=500",
            new AsynqSchedulerOptions
            {
                AfterEnqueue = (_, _, _) =>
                {
                    ticked.TrySetResult();
                    return default;
                },
            });
        scheduler.Register(Scene.Raw("@every 1s"));
        await scheduler.StartAsync(Ct);
        await ticked.Task.WaitAsync(Patience, Ct);

        await redis.DisposeAsync();

        await scheduler.StopAsync(Ct).WaitAsync(Patience, Ct);
    }

    [Fact]
    public async Task A_long_outage_is_told_at_a_limited_rate_and_with_the_number_of_failures()
    {
        await using var scene = await Scene.OpenAsync(Backend.Embedded);
        var scheduler = scene.NewScheduler();
        await scheduler.StartAsync(Ct);
        scene.Fault = new RedisUnreachableException("Redis is gone.");
        var asked = scene.Asked;

        for (var second = 0; second < 100; second++)
        {
            // One second of the clock for each attempt, of which there is one a second.
            scene.Time.Advance(TimeSpan.FromSeconds(1));
            await scene.UntilAsync(() => Task.FromResult(scene.Asked > asked));
            asked = scene.Asked;
        }

        Assert.InRange(scene.Log.Count("The scheduler's pass failed"), 3, 4);
        Assert.InRange(scene.Log.Count("Redis is gone."), 3, 4);
        Assert.Equal(1, scene.Log.Count("The scheduler's pass failed and will be tried again; 0 more like it"));

        scene.Fault = null;
    }

    [Fact]
    public async Task Ticks_that_wait_for_Redis_are_told_at_a_limited_rate_and_to_the_error_handler_each_time()
    {
        const int Entries = 50;
        var failures = 0;
        var redis = await RedisServer.StartAsync(cancellationToken: Ct);
        var log = new Scene.LogLines();
        await using var scheduler = AsynqScheduler.Connect(
            $"127.0.0.1:{redis.Port},connectTimeout=500,syncTimeout=500",
            new AsynqSchedulerOptions
            {
                OnError = (_, _, _) =>
                {
                    Interlocked.Increment(ref failures);
                    return default;
                },
            },
            log);
        await scheduler.StartAsync(Ct);
        await redis.DisposeAsync();
        for (var entry = 0; entry < Entries; entry++)
        {
            scheduler.Register(Scene.Raw("@every 1s", $"tick{entry}"));
        }

        await UntilAsync(() => Task.FromResult(Volatile.Read(ref failures) >= Entries));

        Assert.InRange(log.Count("waits for Redis and will be tried again"), 1, 4);
        Assert.Equal(0, log.Count("met an error"));
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "It did not come to hold.");
            await Task.Delay(20, Ct);
        }
    }
}
