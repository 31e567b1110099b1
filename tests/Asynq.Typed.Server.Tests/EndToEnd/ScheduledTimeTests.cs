using System.Collections.Concurrent;
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
        var times = new ConcurrentQueue<DateTimeOffset?>();
        var single = new TaskCompletionSource<DateTimeOffset?>();
        await using var host = await TestHost.StartAsync(
            database.ConnectionString,
            (job, context, _) =>
            {
                if (job.Text == "tick")
                {
                    times.Enqueue(context.GetScheduledTime());
                }
                else
                {
                    single.TrySetResult(context.GetScheduledTime());
                }

                return Task.CompletedTask;
            },
            null,
            static asynq => asynq.AddPeriodicTask("@every 1s", new Job("tick")));

        await host.Client.EnqueueAsync(new Job("single"), null, Token);
        await Eventually.TrueAsync(() => times.Count >= 3, "ticks have come");

        Assert.Null(await Eventually.ComesAsync(single.Task));
        Assert.All(times, time => Assert.Equal(0, time!.Value.Millisecond));
        Assert.Equal(times.Distinct().Count(), times.Count);
    }
}
