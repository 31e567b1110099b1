using Asynq.Typed.Testing;
using Asynq.Typed.Testing.Topologies;
using Xunit;

#pragma warning disable ASQ3001, ASQ3002 // What is refused at run time is given here on purpose

namespace Asynq.Typed.Inspection.Tests;

public sealed class QueueTests
{
    [Theory, EachBackend]
    public async Task Queues_are_listed_and_described(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Scene.Message("other", "another"), Scene.Ct);
        foreach (var state in Enum.GetValues<TaskState>())
        {
            await scene.PutAsync($"{state}", state);
        }

        scene.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(["another", Scene.Queue], await scene.Inspector.ListQueuesAsync(Scene.Ct));
        var info = (await scene.Inspector.GetQueueAsync(Scene.Queue, Scene.Ct))!;
        Assert.Equal(Scene.Queue, info.Name);
        Assert.Equal(7, info.Size);
        Assert.Equal((1, 1, 1), (info.Pending, info.Aggregating, info.Groups));
        Assert.Equal((3, 2), (info.Processed, info.Failed));
        Assert.False(info.IsPaused);
        Assert.InRange(info.Latency, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        Assert.True(info.MemoryUsage > 100);
        Assert.Null(await scene.Inspector.GetQueueAsync(Scene.Gone, Scene.Ct));
    }

    [Theory, EachBackend]
    public async Task History_and_groups_are_those_of_the_queue(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Archived);
        await scene.PutAsync("b", TaskState.Aggregating);
        await scene.PutAsync("c", TaskState.Aggregating);

        var history = await scene.Inspector.GetHistoryAsync(Scene.Queue, 2, Scene.Ct);

        Assert.Equal([(1, 1), (0, 0)], history.Select(day => (day.Processed, day.Failed)));
        Assert.Equal(history[0].Date.AddDays(-1), history[1].Date);
        Assert.Equal([new GroupInfo(Scene.Group, 2)], await scene.Inspector.ListGroupsAsync(Scene.Queue, Scene.Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => scene.Inspector.GetHistoryAsync(Scene.Queue, 0, Scene.Ct));
        var missing = await Assert.ThrowsAsync<QueueNotFoundException>(
            () => scene.Inspector.GetHistoryAsync(Scene.Gone, 1, Scene.Ct));
        Assert.Equal(Scene.Gone, missing.Queue);
        await Assert.ThrowsAsync<QueueNotFoundException>(() => scene.Inspector.ListGroupsAsync(Scene.Gone, Scene.Ct));
    }

    [Theory, EachBackend]
    public async Task A_pause_stops_fetching_until_it_ends(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending);

        Assert.True(await scene.Inspector.PauseQueueAsync(Scene.Queue, Scene.Ct));
        Assert.False(await scene.Inspector.PauseQueueAsync(Scene.Queue, Scene.Ct));
        Assert.True((await scene.Inspector.GetQueueAsync(Scene.Queue, Scene.Ct))!.IsPaused);
        Assert.Empty((await scene.Broker.DequeueAsync(Scene.Queue, 1, Scene.Lease, Scene.Ct)).Tasks);

        Assert.True(await scene.Inspector.UnpauseQueueAsync(Scene.Queue, Scene.Ct));
        Assert.False(await scene.Inspector.UnpauseQueueAsync(Scene.Queue, Scene.Ct));
        Assert.Single((await scene.Broker.DequeueAsync(Scene.Queue, 1, Scene.Lease, Scene.Ct)).Tasks);
    }

    [Theory, EachBackend]
    public async Task A_queue_with_tasks_is_deleted_only_by_force_and_never_with_active_ones(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Active);
        await scene.PutAsync("b", TaskState.Completed);

        Assert.Equal(QueueDeletion.HasActiveTasks, await scene.Inspector.DeleteQueueAsync(Scene.Queue, true, Scene.Ct));
        await scene.Database.ListRemoveAsync(Scene.K.Active, "a");
        Assert.Equal(QueueDeletion.NotEmpty, await scene.Inspector.DeleteQueueAsync(Scene.Queue, false, Scene.Ct));
        Assert.Equal(TaskState.Completed, await scene.StateAsync("b"));
        Assert.Equal(QueueDeletion.Deleted, await scene.Inspector.DeleteQueueAsync(Scene.Queue, true, Scene.Ct));
        Assert.Equal(QueueDeletion.QueueNotFound, await scene.Inspector.DeleteQueueAsync(Scene.Queue, true, Scene.Ct));

        Assert.Empty(await scene.Inspector.ListQueuesAsync(Scene.Ct));
        Assert.False(await scene.Database.KeyExistsAsync(Scene.K.Task("b")));
    }

    [Theory, EachBackend]
    public async Task A_queues_slot_is_told_and_it_has_no_nodes_without_a_cluster(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        // As CLUSTER KEYSLOT foo tells.
        Assert.Equal(12182, await scene.Inspector.GetClusterSlotAsync("foo", Scene.Ct));
        Assert.Empty(await scene.Inspector.ListClusterNodesAsync(Scene.Queue, Scene.Ct));
    }

    [Fact]
    public async Task The_nodes_of_a_cluster_are_listed()
    {
        await using var cluster = await RedisCluster.StartAsync(Scene.Ct);
        await using var inspector = await AsynqInspector.ConnectAsync(cluster.ConnectionString, Scene.Ct);

        var node = Assert.Single(await inspector.ListClusterNodesAsync("default", Scene.Ct), node => !node.IsReplica);

        Assert.NotEmpty(node.Id);
        Assert.StartsWith("127.0.0.1:", node.Address, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_name_that_no_queue_can_have_is_refused(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        await Assert.ThrowsAsync<ArgumentException>(() => scene.Inspector.GetQueueAsync(" ", Scene.Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => scene.Inspector.PauseQueueAsync("a{b", Scene.Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => scene.Inspector.ListGroupsAsync("a}b", Scene.Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => scene.Inspector.GetClusterSlotAsync("", Scene.Ct));
    }

    [Theory, EachBackend]
    public async Task An_inspector_of_its_own_connects_and_closes(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending);
        var inspector = await AsynqInspector.ConnectAsync(scene.ConnectionString, Scene.Ct);

        Assert.Equal([Scene.Queue], await inspector.ListQueuesAsync(Scene.Ct));
        await inspector.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => inspector.ListQueuesAsync(Scene.Ct));
    }
}
