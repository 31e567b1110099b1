using Asynq.Typed.Testing;
using CsCheck;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>Ticks that no scheduler was there for.</summary>
public sealed class MisfireTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<Backend, string, string[]> Policies => new()
    {
        { Backend.Redis, "Skip", [] },
        { Backend.Redis, "Once", ["2030-01-02T05:00:00Z"] },
        { Backend.Redis, "All", ["2030-01-02T04:40:00Z", "2030-01-02T04:50:00Z", "2030-01-02T05:00:00Z"] },
        { Backend.Embedded, "Skip", [] },
        { Backend.Embedded, "Once", ["2030-01-02T05:00:00Z"] },
        { Backend.Embedded, "All", ["2030-01-02T04:40:00Z", "2030-01-02T04:50:00Z", "2030-01-02T05:00:00Z"] },
    };

    [Theory, MemberData(nameof(Policies))]
    public async Task A_process_that_was_suspended_makes_up_for_ticks_as_its_policy_says(
        Backend backend, string policy, string[] madeUp)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        scheduler.Register(Scene.Raw("*/10 * * * *") with { Misfire = Policy(policy) });
        await scheduler.StartAsync(Ct);
        await scene.PassAsync(6 * Minute, Second * 30);

        await scene.AdvanceAsync(new DateTimeOffset(2030, 1, 2, 5, 5, 0, TimeSpan.Zero) - scene.Time.GetUtcNow());
        await scene.PassAsync(6 * Minute, Second * 30);

        var ticks = await scene.TicksAsync();
        Assert.Equal(["2030-01-02T03:10:00Z", .. madeUp, "2030-01-02T05:10:00Z"], ticks);
    }

    [Theory, MemberData(nameof(Policies))]
    public async Task A_scheduler_that_starts_knows_what_was_missed_since_the_last_one(
        Backend backend, string policy, string[] madeUp)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var first = scene.NewScheduler();
        first.Register(Scene.Raw("*/10 * * * *") with { Misfire = Policy(policy) });
        await first.StartAsync(Ct);
        await scene.PassAsync(6 * Minute, Second * 30);
        await scene.StopAsync(first);
        scene.Time.SetUtcNow(new DateTimeOffset(2030, 1, 2, 5, 5, 0, TimeSpan.Zero));

        var second = scene.NewScheduler();
        second.Register(Scene.Raw("*/10 * * * *") with { Misfire = Policy(policy) });
        await second.StartAsync(Ct);
        await scene.PassAsync(6 * Minute, Second * 30);

        var ticks = await scene.TicksAsync();
        Assert.Equal(["2030-01-02T03:10:00Z", .. madeUp, "2030-01-02T05:10:00Z"], ticks);
    }

    [Theory, EachBackend]
    public async Task An_entry_that_never_ticked_has_missed_nothing(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        scheduler.Register(Scene.Raw("*/10 * * * *") with { Misfire = MisfirePolicy.All(1000) });
        await scheduler.StartAsync(Ct);

        await scene.PassAsync(Minute, Second * 30);

        Assert.Empty(await scene.PendingAsync());
    }

    [Theory, EachBackend]
    public async Task A_restart_within_the_threshold_misses_nothing(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var first = scene.NewScheduler();
        first.Register(Scene.Raw("*/10 * * * *"));
        await first.StartAsync(Ct);
        await scene.PassAsync(6 * Minute, Second * 30);
        await scene.StopAsync(first);
        scene.Time.SetUtcNow(new DateTimeOffset(2030, 1, 2, 3, 20, 59, TimeSpan.Zero));

        var second = scene.NewScheduler();
        second.Register(Scene.Raw("*/10 * * * *"));
        await second.StartAsync(Ct);
        await scene.SettleAsync();

        Assert.Equal(["2030-01-02T03:10:00Z", "2030-01-02T03:20:00Z"], await scene.TicksAsync());
    }

    [Theory, EachBackend]
    public async Task A_tick_that_Redis_was_not_there_for_is_enqueued_when_it_is_back(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        scheduler.Register(Scene.Raw("*/10 * * * *"));
        await scheduler.StartAsync(Ct);
        await scene.PassAsync(5 * Minute, Second * 30);

        scene.Fault = new InvalidOperationException("Down.");
        for (var step = 0; step < 60; step++)
        {
            scene.Time.Advance(Second);
        }

        scene.Fault = null;
        await scene.SettleAsync();

        Assert.Equal(["2030-01-02T03:10:00Z"], await scene.TicksAsync());
    }

    [Theory, EachBackend]
    public async Task A_tick_whose_enqueue_failed_is_tried_again(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var scheduler = scene.NewScheduler();
        scheduler.Register(Scene.Raw("*/10 * * * *"));
        await scheduler.StartAsync(Ct);
        await scene.PassAsync(5 * Minute, Second * 30);
        var pending = Asynq.Typed.Redis.Keys.Of("default").Pending;
        await scene.Database.StringSetAsync(pending, "not a list");

        scene.Time.Advance(Minute);
        await scene.UntilAsync(() => Task.FromResult(!scene.Seen.IsEmpty));
        Assert.IsType<InvalidOperationException>(scene.Seen.First().Error);
        await scene.Database.KeyDeleteAsync(pending);
        await scene.PassAsync(Second * 20, Second);

        Assert.Equal(["2030-01-02T03:10:00Z"], await scene.TicksAsync());
    }

    [Fact]
    public void The_ticks_that_are_found_are_the_newest_of_all_that_are_due() =>
        Gen.Select(
            Gen.OneOf("* * * * *", "*/7 3-5 * * *", "0 0 1 * *", "@every 90s", "@every 1h", "0 0 30 2 *", "5 5 29 2 *"),
            Gen.Long[1, 40L * 24 * 3600], Gen.Int[1, 20], Gen.Bool).Sample(
            (spec, seconds, limit, takesLate) =>
            {
                var timetable = Timetable.Of(Scene.Raw(spec), TimeZoneInfo.Utc);
                var now = Scene.Start.AddSeconds(seconds);
                var all = new List<DateTimeOffset>();
                for (var tick = timetable.Next(Scene.Start); tick <= now; tick = timetable.Next(tick.Value))
                {
                    all.Add(tick.Value);
                }

                var due = DueTicks.Find(
                    timetable, Scene.Start, now, takesLate ? MisfirePolicy.All(limit) : MisfirePolicy.Skip, Minute);

                var late = all.Count > 0 && now - all[^1] > Minute;
                var expected = takesLate ? all.TakeLast(limit) : late ? [] : all.TakeLast(1);
                Assert.Equal(expected, due.Ticks);
                Assert.Equal(all.Count == 0 ? null : all[^1], due.Newest);
                Assert.Equal(due.Ticks.Count < all.Count, due.Dropped);
            },
            iter: 300);

    private static MisfirePolicy Policy(string name) => name switch
    {
        "Skip" => MisfirePolicy.Skip,
        "Once" => MisfirePolicy.Once,
        _ => MisfirePolicy.All(3),
    };
}
