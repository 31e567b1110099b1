using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Asynq.Typed.Transforms;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>Several schedulers with the same entries.</summary>
public sealed class SeveralSchedulersTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Each_tick_is_enqueued_once(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        for (var i = 0; i < 3; i++)
        {
            var scheduler = scene.NewScheduler();
            scheduler.Register(Scene.Raw("* * * * *"));
            scheduler.Register("@every 20s", new Report("x"));
            scheduler.Register(Scene.Raw("@every 30s", "named" + i) with { Name = "same" });
            await scheduler.StartAsync(Ct);

            // Each starts at another time.
            await scene.AdvanceAsync(Second * 3);
        }

        await scene.PassAsync(TimeSpan.FromMinutes(3), Second);

        var pending = await scene.PendingAsync();
        Assert.Equal(
            ["2030-01-02T03:05:00Z", "2030-01-02T03:06:00Z", "2030-01-02T03:07:00Z"],
            pending.Where(message => message.Type == "tick").Select(message => message.Headers[ScheduledTime.Header]));
        var named = pending.Where(message => message.Type != "tick").Select(message => message.Headers[ScheduledTime.Header]).ToList();
        Assert.Equal(named.Distinct(), named);
        Assert.Equal(6, named.Count);
        var typed = await scene.TicksAsync("low");
        Assert.Equal(typed.Distinct(), typed);
        Assert.Equal(9, typed.Length);
        Assert.Equal(18, scene.Seen.Count);
        Assert.All(scene.Seen, seen => Assert.Null(seen.Error));
    }

    [Theory, EachBackend]
    public async Task The_others_go_on_when_one_is_gone(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var schedulers = new List<AsynqScheduler>();
        for (var i = 0; i < 3; i++)
        {
            schedulers.Add(scene.NewScheduler());
            schedulers[i].Register(Scene.Raw("@every 10s"));
            await schedulers[i].StartAsync(Ct);
        }

        foreach (var scheduler in schedulers)
        {
            await scene.PassAsync(Second * 20, Second);
            await scene.StopAsync(scheduler);
        }

        Assert.Equal(
            ["03:04:10", "03:04:20", "03:04:30", "03:04:40", "03:04:50", "03:05:00"],
            (await scene.TicksAsync()).Select(tick => tick[11..19]));
    }

    [Fact]
    public void What_differs_is_told_apart()
    {
        string Identity(PeriodicTask task) => new ScheduleEntry(task, TimeZoneInfo.Utc, Scene.Start, false, TransformChain.None).Identity;
        var task = Scene.Raw("@daily");

        string[] all =
        [
            Identity(task),
            Identity(Scene.Raw("@midnight")),
            Identity(Scene.Raw("@daily", "other")),
            Identity(PeriodicTask.CreateRaw("@daily", "tick", "y"u8.ToArray())),
            Identity(PeriodicTask.CreateRaw("@daily", "tickx", default)),
            Identity(Scene.Raw("@daily", options: new EnqueueOptions { Queue = "low" })),
            Identity(Scene.Raw("@daily", options: new EnqueueOptions { MaxRetry = 1 })),
            Identity(Scene.Raw("@daily", options: new EnqueueOptions { Headers = new Dictionary<string, string> { ["a"] = "b" } })),
            Identity(task with { Name = "a" }),
            Identity(task with { Name = "b" }),
            Identity(task with { TimeZone = CronZone.Find("Europe/Berlin") }),
        ];

        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(Identity(task), Identity(Scene.Raw("@daily", options: new EnqueueOptions { Queue = "default", MaxRetry = 25 })));
        Assert.Equal(Identity(task), Identity(task with { Misfire = MisfirePolicy.Once }));
        Assert.Equal(Identity(task with { Name = "a" }), Identity(Scene.Raw("@hourly", "other") with { Name = "a" }));
        Assert.Matches("^[0-9a-f]{64}$", all[0]);
    }

    [Theory, EachBackend]
    public async Task A_tick_that_was_enqueued_leaves_its_marks_in_the_queue(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var keys = Keys.Of("q");
        var item = EnqueueItem.Pending(new TaskMessage { Id = "a", Queue = "q", Type = "t" });

        async Task<EnqueueOutcome> EnqueueAsync(string id, long second) => await scene.Broker.EnqueueOneAsync(
            item with { Message = new TaskMessage { Id = id, Queue = "q", Type = "t" }, Tick = keys.Tick("d", second) }, Ct);

        Assert.Null(await scene.Broker.FindLastTickAsync("q", "d", Ct));
        Assert.Equal(EnqueueOutcome.Enqueued, await EnqueueAsync("a", 1_900_000_000));
        Assert.Equal(EnqueueOutcome.TickTaken, await EnqueueAsync("b", 1_900_000_000));
        Assert.Equal(EnqueueOutcome.Enqueued, await EnqueueAsync("c", 1_800_000_000));
        Assert.Equal(
            DateTimeOffset.FromUnixTimeSeconds(1_900_000_000), await scene.Broker.FindLastTickAsync("q", "d", Ct));
        Assert.InRange((await scene.Database.KeyTimeToLiveAsync(keys.LastTick("d")))!.Value.TotalDays, 399, 400);
        Assert.InRange(
            (await scene.Database.KeyTimeToLiveAsync(keys.Tick("d", 1_900_000_000)))!.Value.TotalHours, 23.9, 24);
        await scene.Database.KeyDeleteAsync(keys.LastTick("e"));
        await scene.Database.ListLeftPushAsync(keys.LastTick("e"), "x");
        await Assert.ThrowsAsync<InvalidOperationException>(() => scene.Broker.EnqueueOneAsync(
            item with { Message = new TaskMessage { Id = "z", Queue = "q", Type = "t" }, Tick = keys.Tick("e", 1) }, Ct));
        Assert.False(await scene.Database.KeyExistsAsync(keys.Task("z")));
    }
}
