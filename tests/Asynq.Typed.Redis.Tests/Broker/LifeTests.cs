using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>The states that a task goes through.</summary>
public sealed class LifeTests
{
    [Theory, EachBackend]
    public async Task A_task_that_succeeds_leaves_figures_only(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var task = await scene.EnqueueAndFetchAsync(Message("a", unique: "u"));

        Assert.Equal(LeaseOutcome.Written, await scene.Broker.DoneAsync(task, Ct));

        Assert.Equal(
            "asynq:queues = q\nasynq:{q}:processed = 1\nasynq:{q}:processed:2030-01-02 = 1 (expires)",
            await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task A_task_that_failed_is_forwarded_when_its_retry_is_due(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var task = await scene.EnqueueAndFetchAsync(Message("a"));
        var due = Start.AddSeconds(10).AddMilliseconds(250);

        Assert.Equal(LeaseOutcome.Written, await scene.Broker.RetryAsync(task, due, "boom", isFailure: true, Ct));
        var early = await scene.Broker.ForwardAsync(Queue, Ct);
        scene.Time.SetUtcNow(due);
        var intime = await scene.Broker.ForwardAsync(Queue, Ct);
        var again = await scene.FetchAsync();

        Assert.Equal(new ForwardResult(0, Start.AddSeconds(10)), early);
        Assert.Equal(new ForwardResult(1, null), intime);
        Assert.Equal(1, again.Message.Retried);
        Assert.Equal("boom", again.Message.ErrorMsg);
    }
}
