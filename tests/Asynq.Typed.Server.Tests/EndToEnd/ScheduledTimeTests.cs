using System.Collections.Concurrent;
using Asynq.Typed.Redis;
using Asynq.Typed.Scheduling;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>A handler of a periodic task knows for which time it was enqueued.</summary>
public sealed class ScheduledTimeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [EachBackend]
    public async Task A_handler_sees_the_time_of_the_schedule_and_of_other_tasks_there_is_none(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var times = new ConcurrentDictionary<string, DateTimeOffset?>();
        var due = new ConcurrentDictionary<string, DateTimeOffset>();
        var single = new TaskCompletionSource<DateTimeOffset?>();
        await using var host = await TestHost.StartAsync(
            database.ConnectionString,
            (job, context, _) =>
            {
                if (job.Text == "tick")
                {
                    times[context.TaskId] = context.GetScheduledTime();
                }
                else
                {
                    single.TrySetResult(context.GetScheduledTime());
                }

                return Task.CompletedTask;
            },
            null,
            asynq => asynq.AddPeriodicTask("@every 1s", new Job("tick")).AddScheduler(options => Record(options, due)));

        await host.Client.EnqueueAsync(new Job("single"), null, Token);
        await Eventually.TrueAsync(() => times.Keys.Count(due.ContainsKey) >= 3, "ticks have come");

        Assert.Null(await Eventually.ComesAsync(single.Task));
        Assert.All(due.Where(tick => times.ContainsKey(tick.Key)), tick => Assert.Equal(tick.Value, times[tick.Key]));
        Assert.Equal(due.Values.Distinct().Count(), due.Count);
    }

    [Theory]
    [EachBackend]
    public async Task A_tick_that_is_late_has_the_time_of_the_schedule_and_not_that_of_its_enqueue(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var seen = new TaskCompletionSource<(string TaskId, DateTimeOffset? Time)>();
        var due = new ConcurrentDictionary<string, DateTimeOffset>();
        var hourly = PeriodicTask.Create("@every 1h", new Job("tick")) with { Name = "hourly", Misfire = MisfirePolicy.Once };

        // Of three hours ago: what has been missed since is made up for at once.
        var lastTick = Keys.Of("default").LastTick(EntryDigest.OfIdentity(hourly, "", [], hidesPayload: false));
        await database.Database.StringSetAsync(lastTick, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeSeconds());
        await using var host = TestHost.Make(
            database.ConnectionString,
            (_, context, _) =>
            {
                seen.TrySetResult((context.TaskId, context.GetScheduledTime()));
                return Task.CompletedTask;
            },
            build: asynq => asynq.AddPeriodicTask(hourly).AddScheduler(options => Record(options, due)));

        await host.StartAsync();

        var (taskId, time) = await Eventually.ComesAsync(seen.Task);
        await Eventually.TrueAsync(() => due.ContainsKey(taskId), "the hook was called");
        Assert.Equal(due[taskId], time);
        Assert.Equal((0, 0), (time!.Value.Minute, time.Value.Second));
    }

    private static void Record(AsynqSchedulerOptions options, ConcurrentDictionary<string, DateTimeOffset> due) =>
        options.AfterEnqueue = (tick, task, _) =>
        {
            due[task.Id] = tick.DueAt;
            return default;
        };
}
