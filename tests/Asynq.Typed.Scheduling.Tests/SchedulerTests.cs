using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

#pragma warning disable ASQ1008, ASQ3008 // What is refused at run time is given here on purpose

/// <summary>One scheduler: its entries, its ticks, its hooks, and what it writes for others to read.</summary>
public sealed class SchedulerTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Every_tick_enqueues_a_task_that_tells_its_time(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        scheduler.Register("*/2 * * * *", new Report("sales"), new EnqueueOptions
        {
            Timeout = TimeSpan.FromSeconds(90),
            Headers = new Dictionary<string, string> { ["k"] = "v" },
        });
        await scheduler.StartAsync(Ct);

        await scene.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5));

        Assert.Equal(["2030-01-02T03:06:00Z", "2030-01-02T03:08:00Z"], await scene.TicksAsync("low"));
        var message = (await scene.PendingAsync("low"))[0];
        Assert.Equal(
            ("report:daily", "sales", 3, 90L, "v"),
            (message.Type, message.Payload.ToStringUtf8(), message.Retry, message.Timeout, message.Headers["k"]));
    }

    [Theory, EachBackend]
    public async Task The_entries_and_what_they_enqueued_can_be_read_by_others(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        var id = scheduler.Register("*/2 * * * *", new Report("sales"), new EnqueueOptions { Group = "g" });
        var never = scheduler.Register(Scene.Raw("0 0 30 2 *"));
        await scheduler.StartAsync(Ct);
        await scene.UntilAsync(async () => (await scene.Broker.ListSchedulerEntriesAsync(Ct)).Count == 2);

        var key = Keys.SchedulerEntries(scheduler.Id);
        Assert.InRange((await scene.Database.KeyTimeToLiveAsync(key))!.Value.TotalSeconds, 15, 20);
        var before = await EntryAsync(scene, id);
        Assert.Equal("*/2 * * * *", before.Spec);
        Assert.Equal(("report:daily", "sales"), (before.TaskType, before.TaskPayload.ToStringUtf8()));
        Assert.Equal(["Queue(\"low\")", "MaxRetry(3)", "Group(\"g\")"], before.EnqueueOptions);
        Assert.Equal(new DateTimeOffset(2030, 1, 2, 3, 6, 0, TimeSpan.Zero), before.NextEnqueueTime.ToDateTimeOffset());
        Assert.Equal(DateTimeOffset.MinValue, before.PrevEnqueueTime.ToDateTimeOffset());
        Assert.Equal(DateTimeOffset.MinValue, (await EntryAsync(scene, never)).NextEnqueueTime.ToDateTimeOffset());

        await scene.PassAsync(2 * Minute, TimeSpan.FromSeconds(5));
        await scene.UntilAsync(async () =>
            (await EntryAsync(scene, id)).PrevEnqueueTime.ToDateTimeOffset() == new DateTimeOffset(2030, 1, 2, 3, 6, 0, TimeSpan.Zero));

        var enqueued = Assert.Single(await scene.Broker.ListSchedulerEnqueueEventsAsync(id, 0, 10, Ct));
        Assert.Equal(Assert.Single(scene.Seen).Task!.Id, enqueued.TaskId);
        Assert.InRange(enqueued.EnqueueTime.ToDateTimeOffset(), Scene.Start + Minute, scene.Time.GetUtcNow());

        await scheduler.StopAsync(Ct);
        Assert.Empty(await scene.Broker.ListSchedulerEntriesAsync(Ct));
        Assert.Empty(await scene.Broker.ListSchedulerEnqueueEventsAsync(id, 0, 10, Ct));
    }

    [Theory, EachBackend]
    public async Task An_entry_that_is_unregistered_ticks_no_more_and_leaves_nothing(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        var id = scheduler.Register(Scene.Raw("@every 10s", "a"));
        var other = scheduler.Register(Scene.Raw("@every 10s", "b"));
        await scheduler.StartAsync(Ct);
        await scene.PassAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));

        Assert.True(scheduler.Unregister(id));
        Assert.False(scheduler.Unregister(id));
        await scene.PassAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));

        Assert.Equal(2, scene.Seen.Count(seen => seen.Tick.EntryId == id));
        Assert.Equal(4, scene.Seen.Count(seen => seen.Tick.EntryId == other));
        await scene.UntilAsync(async () =>
            (await scene.Broker.ListSchedulerEnqueueEventsAsync(id, 0, 10, Ct)).Count == 0
            && (await scene.Broker.ListSchedulerEntriesAsync(Ct)).Count == 1);
    }

    [Theory, EachBackend]
    public async Task An_entry_that_is_unregistered_while_it_ticks_leaves_no_history(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var called = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var options = scene.Hooked();
        options.BeforeEnqueue = async (_, _) =>
        {
            called.TrySetResult();
            await go.Task;
        };
        var scheduler = scene.NewScheduler(options);
        var id = scheduler.Register(Scene.Raw("@every 10s"));
        await scheduler.StartAsync(Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(10));
        await called.Task;

        scheduler.Unregister(id);
        await scene.UntilAsync(async () => (await scene.Broker.ListSchedulerEntriesAsync(Ct)).Count == 0);
        go.SetResult();
        await scene.UntilAsync(() => Task.FromResult(!scene.Seen.IsEmpty));

        // In this order: an entry is forgotten once the answer about its history is there, not when Redis has dropped it.
        await scene.UntilAsync(() => Task.FromResult(scheduler.Entries.Removed.Count == 0));
        Assert.False(await scene.Database.KeyExistsAsync(Keys.SchedulerHistory(id)));
    }

    [Theory, EachBackend]
    public async Task What_a_scheduler_that_is_killed_leaves_goes_by_itself(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        var often = scheduler.Register(Scene.Raw("* * * * *"));
        var seldom = scheduler.Register(Scene.Raw("5 3 2 1 *", "seldom"));
        await scheduler.StartAsync(Ct);

        await scene.PassAsync(Minute, TimeSpan.FromSeconds(5));

        await scene.UntilAsync(() => Task.FromResult(scene.Seen.Count == 2));
        var ofOften = await scene.Database.KeyTimeToLiveAsync(Keys.SchedulerHistory(often));
        var ofSeldom = await scene.Database.KeyTimeToLiveAsync(Keys.SchedulerHistory(seldom));
        Assert.InRange(ofOften!.Value.TotalDays, 7.000, 7.002);
        Assert.InRange(ofSeldom!.Value.TotalDays, 736.9, 737.0);
    }

    [Theory, EachBackend]
    public async Task An_entry_can_be_added_while_the_scheduler_runs(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        await scheduler.StartAsync(Ct);
        await scene.AdvanceAsync(TimeSpan.FromHours(1));

        scheduler.Register(Scene.Raw("@every 1s") with { Misfire = MisfirePolicy.All(1000) });
        await scene.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(["2030-01-02T04:04:06Z", "2030-01-02T04:04:07Z"], await scene.TicksAsync());
    }

    [Theory, EachBackend]
    public async Task Options_of_every_kind_hold_for_each_tick(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        scheduler.Register(Scene.Raw("@every 1m", "grouped", new EnqueueOptions { Group = "g" }));
        scheduler.Register(Scene.Raw("@every 1m", "later", new EnqueueOptions { ProcessIn = TimeSpan.FromHours(1) }));
        scheduler.Register(Scene.Raw("@every 1m", "unique", new EnqueueOptions { UniqueFor = TimeSpan.FromHours(1) }));
        scheduler.Register(Scene.Raw("@every 1m", "named", new EnqueueOptions { TaskId = "one" }));
        await scheduler.StartAsync(Ct);

        await scene.PassAsync(2 * Minute, TimeSpan.FromSeconds(5));

        var keys = Keys.Of("default");
        Assert.Equal(2, await scene.Database.SortedSetLengthAsync(keys.Group("g")));
        Assert.Equal(2, await scene.Database.SortedSetLengthAsync(keys.Scheduled));
        Assert.Equal(["named", "unique"], (await scene.PendingAsync()).Select(message => message.Type).Order());
        Assert.Equal(
            [("named", typeof(TaskIdConflictException)), ("unique", typeof(DuplicateTaskException))],
            scene.Seen.Where(seen => seen.Error is not null).Select(seen => (seen.Tick.Task.Type, seen.Error!.GetType())).Order(
                Comparer<(string, Type)>.Create((a, b) => string.CompareOrdinal(a.Item1, b.Item1))));
    }

    [Theory, EachBackend]
    public async Task Hooks_see_each_tick_and_cannot_lose_it(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var order = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var scheduler = scene.NewScheduler(new AsynqSchedulerOptions
        {
            BeforeEnqueue = (tick, _) =>
            {
                order.Enqueue($"before {tick.Task.Type} {tick.DueAt:mm:ss}");
                throw new InvalidOperationException("before");
            },
            AfterEnqueue = (tick, task, _) =>
            {
                order.Enqueue($"after {task.Type} {task.State}");
                throw new InvalidOperationException("after");
            },
            OnError = (tick, error, _) =>
            {
                order.Enqueue($"error {error.Message}");
                throw new InvalidOperationException("handler");
            },
        });
        scheduler.Register(Scene.Raw("@every 1m"));
        await scheduler.StartAsync(Ct);

        await scene.PassAsync(Minute, TimeSpan.FromSeconds(5));

        Assert.Equal(["before tick 05:00", "error before", "after tick Pending", "error after"], order);
        Assert.Equal(["2030-01-02T03:05:00Z"], await scene.TicksAsync());
    }

    [Theory, EachBackend]
    public async Task A_hook_that_hangs_delays_its_own_entry_only(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var hangs = new TaskCompletionSource();
        var scheduler = scene.NewScheduler(new AsynqSchedulerOptions
        {
            BeforeEnqueue = (tick, _) => tick.Task.Type == "slow" ? new ValueTask(hangs.Task) : default,
        });
        scheduler.Register(Scene.Raw("@every 1m", "slow"));
        scheduler.Register(Scene.Raw("@every 1m", "quick"));
        await scheduler.StartAsync(Ct);

        for (var minute = 1; minute <= 3; minute++)
        {
            scene.Time.Advance(Minute);
            await scene.UntilAsync(async () => (await scene.PendingAsync()).Count(message => message.Type == "quick") == minute);
        }

        Assert.DoesNotContain(await scene.PendingAsync(), message => message.Type == "slow");
        hangs.SetResult();
        await scene.SettleAsync();
        Assert.Contains(await scene.PendingAsync(), message => message.Type == "slow");
    }

    [Theory, EachBackend]
    public async Task A_schedule_is_read_by_the_clock_of_its_zone(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler(new AsynqSchedulerOptions { TimeZone = CronZone.Find("Asia/Tokyo")! });
        scheduler.Register(Scene.Raw("30 12 * * *", "tokyo"));
        scheduler.Register(Scene.Raw("30 4 * * *", "berlin") with { TimeZone = CronZone.Find("Europe/Berlin") });
        scheduler.Register(Scene.Raw("CRON_TZ=Asia/Kathmandu 15 9 * * *", "kathmandu"));
        scheduler.Register(Scene.Raw("30 3 * * *", "utc") with { TimeZone = TimeZoneInfo.Utc });
        await scheduler.StartAsync(Ct);

        await scene.PassAsync(30 * Minute, Minute);

        Assert.Equal(
            ["berlin 2030-01-02T03:30:00Z", "kathmandu 2030-01-02T03:30:00Z", "tokyo 2030-01-02T03:30:00Z", "utc 2030-01-02T03:30:00Z"],
            (await scene.PendingAsync()).Select(message => $"{message.Type} {message.Headers[ScheduledTime.Header]}").Order());
        Assert.Equal(
            ["30 3 * * *", "CRON_TZ=Asia/Kathmandu 15 9 * * *", "CRON_TZ=Asia/Tokyo 30 12 * * *", "CRON_TZ=Europe/Berlin 30 4 * * *"],
            scheduler.Entries.All.Select(entry => entry.Timetable.Spec).Order(StringComparer.Ordinal));
    }

    [Theory, EachBackend]
    public async Task Bad_input_is_refused_with_its_name_and_reason(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();

        var schedule = Assert.Throws<ArgumentException>(() => scheduler.Register("0 0 * * 7", new Report("x")));
        var option = Assert.Throws<ArgumentException>(
            () => scheduler.Register("@daily", new Report("x"), new EnqueueOptions { MaxRetry = -1 }));
        scheduler.Register("@daily", new Report("x"));
        var equal = Assert.Throws<ArgumentException>(() => scheduler.Register("@daily", new Report("x")));
        var named = Scene.Raw("@daily") with { Name = "n" };
        scheduler.Register(named);
        var sameName = Assert.Throws<ArgumentException>(() => scheduler.Register(Scene.Raw("@hourly", "other") with { Name = "n" }));

        Assert.Equal(
            "Schedule '0 0 * * 7' of task type 'report:daily' is not valid: the day-of-week field '7' reaches 7, above its "
            + "highest value 6: Sunday is 0. (Parameter 'task')",
            schedule.Message);
        Assert.Contains("MaxRetry is -1", option.Message, StringComparison.Ordinal);
        Assert.Contains("give one of them a Name", equal.Message, StringComparison.Ordinal);
        Assert.Contains("of the name 'n' already", sameName.Message, StringComparison.Ordinal);
        Assert.Equal(2, scheduler.Entries.All.Count);
        scheduler.Register(Scene.Raw("@daily"));
        scheduler.Register(PeriodicTask.Create("@daily", new Report("x")) with { Name = "second" });
        Assert.Throws<ArgumentException>(() => PeriodicTask.CreateRaw("@daily", " ", default));
        Assert.Throws<ArgumentOutOfRangeException>(() => MisfirePolicy.All(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MisfirePolicy.All(1001));
    }

    [Theory]
    [InlineData(0, 10, 180, "MisfireThreshold is 00:00:00")]
    [InlineData(60, 0.5, 180, "HeartbeatInterval is 00:00:00.5000000")]
    [InlineData(60, 10, 0, "SyncInterval is 00:00:00")]
    public void Options_out_of_range_are_refused_by_name(double threshold, double heartbeat, double sync, string expected)
    {
        var options = new AsynqSchedulerOptions
        {
            MisfireThreshold = TimeSpan.FromSeconds(threshold),
            HeartbeatInterval = TimeSpan.FromSeconds(heartbeat),
            SyncInterval = TimeSpan.FromSeconds(sync),
        };

        var fault = Assert.Throws<ArgumentException>(() => AsynqScheduler.Connect("localhost:6379", options));

        Assert.Contains($"AsynqSchedulerOptions.{expected}: it must be", fault.Message, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_scheduler_lives_once(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        await scheduler.StartAsync(Ct);

        await Assert.ThrowsAsync<InvalidOperationException>(() => scheduler.StartAsync(Ct));
        Assert.Throws<InvalidOperationException>(() => scheduler.AddProvider(new DelegatePeriodicTasks(_ => new([]))));
        await scheduler.StopAsync(Ct);
        await scheduler.StopAsync(Ct);
        await Assert.ThrowsAsync<InvalidOperationException>(() => scheduler.StartAsync(Ct));
        await scheduler.DisposeAsync();
        await scheduler.DisposeAsync();

        await using var neverStarted = AsynqScheduler.Connect("127.0.0.1:1");
        await neverStarted.StopAsync(Ct);
        await Assert.ThrowsAsync<InvalidOperationException>(() => neverStarted.StartAsync(Ct));
    }

    private static async Task<SchedulerEntry> EntryAsync(Scene scene, string id) =>
        (await scene.Broker.ListSchedulerEntriesAsync(Ct)).Single(entry => entry.Id == id);
}
