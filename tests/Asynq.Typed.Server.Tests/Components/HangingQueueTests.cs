using Asynq.Typed.Redis;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>A queue whose node does not answer keeps no other queue waiting, however long it takes.</summary>
public sealed class HangingQueueTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The queues in their order: the one that hangs is looked at before the other.
    private static readonly Action<AsynqServerOptions> Both = static options =>
    {
        options.Queues = new() { ["a-hanging"] = 1, ["default"] = 1 };
        options.RetryDelay = static (_, _, _) => TimeSpan.FromHours(1);
    };

    [Fact]
    public async Task Due_tasks_are_forwarded_again_and_again()
    {
        var ran = 0;
        await using var server = await RuntimeFixture.OpenAsync(
            (_, _, _) =>
            {
                Interlocked.Increment(ref ran);
                return Task.CompletedTask;
            },
            Both);
        using var stuck = server.Hang("forward.lua", Keys.Of("a-hanging").Pending);
        var start = server.Time.GetUtcNow();
        await server.Broker.ScheduleAsync(RuntimeFixture.Message("early"), start + TimeSpan.FromSeconds(3), Token);
        await server.Broker.ScheduleAsync(RuntimeFixture.Message("late"), start + TimeSpan.FromSeconds(20), Token);
        server.Runtime.Start();

        await Clock.TurnUntilAsync(server.Time, Second, () => ran == 2);
    }

    [Fact]
    public async Task Completed_tasks_are_deleted_again_and_again()
    {
        await using var server = await RuntimeFixture.OpenAsync(static (_, _, _) => Task.CompletedTask, Both);
        using var stuck = server.Hang("delete-expired.lua", Keys.Of("a-hanging").Completed);
        await server.Database.Database.SortedSetAddAsync(Keys.Of("a-hanging").Completed, "expired", 1);
        await server.Broker.EnqueueAsync(RuntimeFixture.Message("early", retention: 5), Token);
        await server.Broker.EnqueueAsync(RuntimeFixture.Message("late", retention: 60), Token);
        server.Runtime.Start();

        await Clock.TurnUntilAsync(
            server.Time,
            Second,
            async () => await server.StateAsync("early") is null && await server.StateAsync("late") is null);
    }

    [Fact]
    public async Task Tasks_of_crashed_servers_are_taken_back_again_and_again()
    {
        await using var server = await RuntimeFixture.OpenAsync(static (_, _, _) => Task.CompletedTask, Both);
        using var stuck = server.Hang("list-leases.lua", Keys.Of("a-hanging").Active);
        foreach (var (id, lease) in new[] { ("early", 1), ("late", 300) })
        {
            await server.Broker.EnqueueAsync(RuntimeFixture.Message(id), Token);
            await server.Broker.DequeueAsync("default", 1, TimeSpan.FromSeconds(lease), Token);
        }

        server.Runtime.Start();

        await Clock.TurnUntilAsync(
            server.Time,
            TimeSpan.FromSeconds(5),
            async () => await server.StateAsync("early") == TaskState.Retry && await server.StateAsync("late") == TaskState.Retry);
    }

    [Fact]
    public async Task A_queue_that_does_not_answer_costs_no_lease_of_another()
    {
        var runs = 0;
        var release = new TaskCompletionSource();
        await using var server = await RuntimeFixture.OpenAsync(
            (_, _, _) =>
            {
                Interlocked.Increment(ref runs);
                return release.Task;
            },
            static options => options.Queues = new() { ["default"] = 1, ["hanging"] = 1 });
        using var stuck = server.Hang("extend-lease.lua", Keys.Of("hanging").Active);
        foreach (var queue in new[] { "default", "hanging" })
        {
            var message = RuntimeFixture.Message(queue);
            message.Queue = queue;
            message.Timeout = 100_000;
            await server.Broker.EnqueueAsync(message, Token);
        }

        server.Runtime.Start();
        await Eventually.TrueAsync(() => runs == 2, "both run");
        var attempts = server.Runtime.Active.All.ToDictionary(attempt => attempt.Message.Queue);

        await server.TurnWhileExtendedAsync(attempts["default"], TimeSpan.FromSeconds(40));

        await Eventually.TrueAsync(() => attempts["hanging"].Reason == StopReason.LeaseLost, "the other lease is lost");
        Assert.Equal(StopReason.None, attempts["default"].Reason);
        release.SetResult();
    }
}
