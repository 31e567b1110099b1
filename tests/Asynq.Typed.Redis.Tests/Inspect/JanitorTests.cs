using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>What is over is cleared away, and nothing else.</summary>
public sealed class JanitorTests
{
    [Theory, EachBackend]
    public async Task Completed_tasks_go_when_their_retention_ends_batch_by_batch(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        for (var i = 0; i < 7; i++)
        {
            await scene.PutAsync($"old{i}", TaskState.Completed);
        }

        scene.Time.Advance(TimeSpan.FromMinutes(30));
        await scene.PutAsync("young", TaskState.Completed);
        scene.Time.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal(7, await scene.Broker.DeleteExpiredCompletedTasksAsync(Queue, 3, Ct));

        Assert.Equal(["young"], (await scene.Database.SortedSetRangeByRankAsync(K.Completed)).Select(id => (string?)id));
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("old0")));
        Assert.True(await scene.Database.KeyExistsAsync(K.Task("young")));
        Assert.Equal(0, await scene.Broker.DeleteExpiredCompletedTasksAsync(Queue, 3, Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => scene.Broker.DeleteExpiredCompletedTasksAsync(Queue, 0, Ct));
    }

    [Theory, EachBackend]
    public async Task A_stale_entry_does_not_cost_a_task_that_lives(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending);
        await scene.Database.SortedSetAddAsync(K.Completed, [new("a", 1), new("gone", 1)]);

        Assert.Equal(2, await scene.Broker.DeleteExpiredCompletedTasksAsync(Queue, 100, Ct));

        Assert.Equal(["pending"], await scene.WhereAsync("a"));
        Assert.Equal("a", (await scene.FetchAsync()).Id);
    }

    [Theory, EachBackend]
    public async Task Names_of_groups_without_tasks_and_sets_are_removed(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("waits", TaskState.Aggregating);
        await scene.Broker.AddToGroupAsync(Message("aggregated", group: "a:b"), Ct);
        Assert.NotNull(await scene.Broker.AggregationCheckAsync(Queue, "a:b", TimeSpan.FromMinutes(1), TimeSpan.Zero, 1, Ct));
        foreach (var name in Enumerable.Range(0, 250).Select(i => $"empty{i}").Concat(["a:b", "a"]))
        {
            await scene.Database.SetAddAsync(K.Groups, name);
        }

        Assert.Equal(251, await scene.Broker.RemoveEmptyGroupsAsync(Queue, Ct));

        Assert.Equal(
            ["a:b", Places.Group],
            (await scene.Database.SetMembersAsync(K.Groups)).Select(name => name.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(0, await scene.Broker.RemoveEmptyGroupsAsync("other", Ct));
    }
}
