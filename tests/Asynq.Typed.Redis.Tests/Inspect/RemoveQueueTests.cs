using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>
/// Not recorded: a queue that is removed by force leaves nothing but its figures and its pause, as in asynq; completed
/// tasks, groups and aggregation sets, which asynq forgets, go too.
/// </summary>
public sealed class RemoveQueueTests
{
    public static TheoryData<Backend, TaskState> States => MoveTests.States;

    [Theory, EachBackend]
    public async Task Forced_removal_leaves_figures_and_pause_only(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var state in Places.Movable)
        {
            await scene.PutAsync($"{state}1", state);
            await scene.PutAsync($"{state}2", state);
        }

        await scene.PutAsGoInGroupAsync("go");
        Assert.NotNull(await scene.Broker.AggregationCheckAsync(
            Queue, Places.Group, TimeSpan.FromMinutes(1), TimeSpan.Zero, 2, Ct));
        await scene.Broker.PauseAsync(Queue, Ct);

        Assert.Equal(QueueRemoval.Removed, await scene.Broker.RemoveQueueAsync(Queue, force: true, Ct));

        Assert.Equal(
            new[] { K.Failed, K.FailedOn(Start), K.Paused, K.Processed, K.ProcessedOn(Start) }
                .Select(key => key.ToString()).Order(StringComparer.Ordinal),
            (await scene.DumpAsync()).Split('\n').Select(line => line.Split(" = ")[0]));
    }

    [Theory, EachBackend]
    public async Task A_queue_that_is_used_while_it_is_removed_stays_visible(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Broker.EnqueueAsync(Message("a"), Ct);
        await place.Scene.Broker.EnqueueAsync(Message("b"), Ct);
        place.Proxy.Losing = false;
        place.Proxy.Cutting = () => place.Scene.Broker.EnqueueAsync(Message("c"), Ct).GetAwaiter().GetResult();
        place.Proxy.CutReplies(1);

        Assert.Equal(QueueRemoval.Removed, await place.Broker.RemoveQueueAsync(Queue, force: true, Ct));

        Assert.Equal(1, place.Proxy.Cuts);
        Assert.Equal(["c"], await place.Scene.ListAsync(K.Pending));
        Assert.True(await place.Scene.Broker.QueueExistsAsync(Queue, Ct));
    }

    [Theory, EachBackend]
    public async Task A_removed_queue_is_made_known_again_by_the_next_enqueue_of_who_removed_it(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);
        await scene.Broker.RemoveQueueAsync(Queue, force: true, Ct);
        Assert.False(await scene.Broker.QueueExistsAsync(Queue, Ct));

        await scene.Broker.EnqueueAsync(Message("b"), Ct);

        Assert.True(await scene.Broker.QueueExistsAsync(Queue, Ct));
    }

    [Theory, MemberData(nameof(States))]
    public async Task A_queue_with_a_task_of_any_state_is_not_empty(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", state);
        var before = await scene.DumpAsync();

        Assert.Equal(QueueRemoval.NotEmpty, await scene.Broker.RemoveQueueAsync(Queue, force: false, Ct));

        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task Active_tasks_and_tasks_being_aggregated_are_in_the_way(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("aggregated", TaskState.Aggregating);
        await scene.Broker.AggregationCheckAsync(Queue, Places.Group, TimeSpan.FromMinutes(1), TimeSpan.Zero, 1, Ct);
        Assert.Equal(QueueRemoval.NotEmpty, await scene.Broker.RemoveQueueAsync(Queue, force: false, Ct));
        await scene.PutAsync("active", TaskState.Active);
        var before = await scene.DumpAsync();

        Assert.Equal(QueueRemoval.HasActiveTasks, await scene.Broker.RemoveQueueAsync(Queue, force: true, Ct));
        Assert.Equal(QueueRemoval.NotEmpty, await scene.Broker.RemoveQueueAsync(Queue, force: false, Ct));
        Assert.Equal(QueueRemoval.QueueNotFound, await scene.Broker.RemoveQueueAsync("nope", force: true, Ct));
        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task A_queue_that_is_used_again_is_visible_again(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending);
        await scene.Broker.RemoveQueueAsync(Queue, force: true, Ct);
        Assert.False(await scene.Broker.QueueExistsAsync(Queue, Ct));

        await scene.PutAsync("a", TaskState.Pending);

        Assert.True(await scene.Broker.QueueExistsAsync(Queue, Ct));
    }

    [Theory, EachBackend]
    public async Task Tens_of_thousands_of_tasks_go_at_once(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var items = Enumerable.Range(0, 20_000).Select(i => EnqueueItem.Pending(Message($"{i}")));
        await scene.Broker.EnqueueManyAsync([.. items], Ct);

        Assert.Equal(QueueRemoval.Removed, await scene.Broker.RemoveQueueAsync(Queue, force: true, Ct));

        Assert.Equal("", await scene.DumpAsync());
    }
}
