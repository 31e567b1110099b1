using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>Redis leases tasks, and its answer comes late.</summary>
public sealed class LateFetchTests
{
    private readonly string _queue = $"q{Guid.NewGuid():N}";
    private int _runs;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_whose_lease_is_over_is_not_started_and_nothing_is_written_or_counted()
    {
        using var figures = new Figures(_queue);
        await using var server = await OpenAsync();

        // A heartbeat that comes between the answer and the start would find that nobody has taken the task yet.
        using var stuck = server.Hang("extend-lease.lua", Keys.Of(_queue).Active);
        var answer = await FetchAsync(server, "late");

        server.Time.Advance(TimeSpan.FromSeconds(30));
        answer.SetResult();
        await Eventually.TrueAsync(
            () => server.Log.Lines.Any(static line => line.Text.Contains("was over before its handler", StringComparison.Ordinal)),
            "it is said");

        var line = Assert.Single(
            server.Log.Lines, static line => line.Text.Contains("task late", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Empty(server.Runtime.Active.All);
        Assert.Equal(TaskState.Active, (await server.Broker.GetTaskInfoAsync(_queue, "late", Token))!.State);
        Assert.Equal(0, _runs);
        Assert.Equal(0, server.CallsOf("finish.lua"));

        // Its slot, the only one, is free.
        await EnqueueAsync(server, "next");
        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(1), () => _runs == 1);
        await Eventually.TrueAsync(() => figures.Durations("messaging.process.duration").Count == 1, "the next has been counted");
        Assert.Equal(0, figures["asynq.workers.active"]);
        Assert.Equal(1, figures["messaging.client.consumed.messages"]);
        Assert.Equal(0, figures["asynq.tasks.failed"]);
        Assert.Single(figures.Durations("asynq.tasks.queue.duration"));
    }

    [Fact]
    public async Task A_lease_of_which_little_is_left_is_extended_at_once()
    {
        var release = new TaskCompletionSource();
        await using var server = await OpenAsync(release.Task);
        var answer = await FetchAsync(server, "late");

        server.Time.Advance(TimeSpan.FromSeconds(20));
        answer.SetResult();

        // The clock stands still: no heartbeat comes.
        await Eventually.TrueAsync(
            () => server.Runtime.Active.All.Any(attempt => attempt.HeldUntil - server.Time.GetUtcNow() == TimeSpan.FromSeconds(30)),
            "the lease is extended");
        await Eventually.TrueAsync(() => _runs == 1, "it runs");
        release.SetResult();
    }

    private Task<RuntimeFixture> OpenAsync(Task? handling = null) => RuntimeFixture.OpenAsync(
        (_, _, _) =>
        {
            Interlocked.Increment(ref _runs);
            return handling ?? Task.CompletedTask;
        },
        options =>
        {
            options.Queues = new() { [_queue] = 1 };
            options.Concurrency = 1;
            options.HeartbeatInterval = TimeSpan.FromSeconds(10);
        });

    private async Task EnqueueAsync(RuntimeFixture server, string id)
    {
        var message = RuntimeFixture.Message(id);
        message.Queue = _queue;
        await server.Broker.EnqueueAsync(message, Token);
    }

    /// <summary>Has a task fetched, and Redis hold its answer back.</summary>
    private async Task<TaskCompletionSource> FetchAsync(RuntimeFixture server, string id)
    {
        await EnqueueAsync(server, id);
        var answer = server.Hold("dequeue.lua");
        server.Runtime.Start();
        await Eventually.TrueAsync(
            async () => (await server.Broker.GetTaskInfoAsync(_queue, id, Token))!.State == TaskState.Active, "Redis has leased it");
        return answer;
    }
}
