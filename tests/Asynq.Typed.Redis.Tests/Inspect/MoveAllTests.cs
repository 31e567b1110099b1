using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>Run, archive and delete, all tasks of a state.</summary>
public sealed class MoveAllTests
{
    private static readonly string[] Ids = ["a", "b", "c"];

    public static TheoryData<Backend, TaskState> States => MoveTests.States;

    [Theory, MemberData(nameof(States))]
    public async Task All_are_run(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await PutAllAsync(scene, state);
        if (state == TaskState.Pending)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.RunAllAsync(Queue, state, null, Ct));
            return;
        }

        Assert.Equal(3, await scene.Broker.RunAllAsync(Queue, state, Places.GroupOf(state), Ct));

        Assert.Equal(Ids.Reverse(), await scene.ListAsync(K.Pending));
        foreach (var id in Ids)
        {
            Assert.Equal(["pending"], await scene.WhereAsync(id));
            Assert.Equal("pending", await scene.FieldAsync(id, "state"));
            Assert.NotNull(await scene.FieldAsync(id, "pending_since"));
            Assert.Empty((await scene.FieldsAsync(id)).Intersect(["group", "due", "due_group", "owner", "cancel"]));
        }

        Assert.False(await scene.Database.KeyExistsAsync(K.Groups));
    }

    [Theory, MemberData(nameof(States))]
    public async Task All_are_archived(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await PutAllAsync(scene, state);
        if (state == TaskState.Archived)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.ArchiveAllAsync(Queue, state, null, Ct));
            return;
        }

        Assert.Equal(3, await scene.Broker.ArchiveAllAsync(Queue, state, Places.GroupOf(state), Ct));

        foreach (var id in Ids)
        {
            Assert.Equal(["archived"], await scene.WhereAsync(id));
            Assert.Equal("archived", await scene.FieldAsync(id, "state"));
            Assert.Empty((await scene.FieldsAsync(id)).Intersect(["due", "due_group", "owner", "cancel"]));
        }

        Assert.False(await scene.Database.KeyExistsAsync(K.Groups));
    }

    [Theory, MemberData(nameof(States))]
    public async Task All_are_deleted_with_their_locks(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await PutAllAsync(scene, state);
        await scene.PutAsync("other", state == TaskState.Retry ? TaskState.Scheduled : TaskState.Retry);

        Assert.Equal(3, await scene.Broker.DeleteAllAsync(Queue, state, Places.GroupOf(state), Ct));

        foreach (var id in Ids)
        {
            Assert.Empty(await scene.WhereAsync(id));
            Assert.False(await scene.Database.KeyExistsAsync(K.Task(id)));
            Assert.False(await scene.Database.KeyExistsAsync(Places.LockOf(id)));
        }

        Assert.False(await scene.Database.KeyExistsAsync(K.Groups));
        Assert.True(await scene.Database.KeyExistsAsync(K.Task("other")));
        Assert.True(await scene.Database.KeyExistsAsync(Places.LockOf("other")));
    }

    [Theory, EachBackend]
    public async Task Locks_of_grouped_tasks_of_Go_are_released(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsGoInGroupAsync("a");
        await scene.PutAsGoInGroupAsync("b");

        Assert.Equal(2, await scene.Broker.DeleteAllAsync(Queue, TaskState.Aggregating, Places.Group, Ct));

        Assert.False(await scene.Database.KeyExistsAsync(Places.LockOf("a")));
        Assert.False(await scene.Database.KeyExistsAsync(Places.LockOf("b")));
    }

    [Theory, EachBackend]
    public async Task The_lock_of_a_grouped_task_of_Go_goes_with_its_set_and_with_its_place_in_the_archive(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsGoInGroupAsync("set");
        var set = await scene.Broker.AggregationCheckAsync(Queue, Places.Group, TimeSpan.FromHours(1), TimeSpan.Zero, 1, Ct);
        Assert.True(await scene.Broker.DeleteAggregationSetAsync(Queue, Places.Group, set!, Ct));
        Assert.False(await scene.Database.KeyExistsAsync(Places.LockOf("set")));

        await scene.PutAsGoInGroupAsync("trimmed");
        await scene.NewBroker(archiveLimit: 0).ArchiveTaskAsync(Queue, "trimmed", Ct);
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("trimmed")));
        Assert.False(await scene.Database.KeyExistsAsync(Places.LockOf("trimmed")));
    }

    [Theory, EachBackend]
    public async Task Ids_whose_task_is_gone_or_elsewhere_are_dropped_untouched(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("active", TaskState.Active);
        var task = await scene.Database.HashGetAllAsync(K.Task("active"));
        foreach (var move in new Func<Task<long?>>[]
        {
            () => scene.Broker.RunAllAsync(Queue, TaskState.Scheduled, null, Ct),
            () => scene.Broker.ArchiveAllAsync(Queue, TaskState.Scheduled, null, Ct),
            () => scene.Broker.DeleteAllAsync(Queue, TaskState.Scheduled, null, Ct),
        })
        {
            await scene.Database.SortedSetAddAsync(K.Scheduled, [new("active", 1), new("gone", 2)]);
            Assert.Equal(0, await move());
            Assert.Equal(["active"], await scene.WhereAsync("active"));
            Assert.Empty(await scene.WhereAsync("gone"));
            Assert.False(await scene.Database.KeyExistsAsync(K.Task("gone")));
            Assert.Equal(task.Order(new ByName()), (await scene.Database.HashGetAllAsync(K.Task("active"))).Order(new ByName()));
        }
    }

    [Theory, EachBackend]
    public async Task A_task_key_of_the_wrong_type_stops_nothing(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("good", TaskState.Scheduled);
        await scene.Database.SortedSetAddAsync(K.Scheduled, "bad", 1);
        await scene.Database.StringSetAsync(K.Task("bad"), "what?");

        Assert.Equal(2, await scene.Broker.RunAllAsync(Queue, TaskState.Scheduled, null, Ct));
        Assert.Equal(2, await scene.Broker.ArchiveAllAsync(Queue, TaskState.Pending, null, Ct));
        Assert.Equal(2, await scene.Broker.RunAllAsync(Queue, TaskState.Archived, null, Ct));
        var fetched = await scene.Broker.DequeueAsync(Queue, 2, Lease, Ct);
        Assert.Equal(["good"], fetched.Tasks.Select(task => task.Id));
        Assert.Equal(["bad"], fetched.Quarantined);
        Assert.Equal(1, await scene.Broker.DeleteAllAsync(Queue, TaskState.Archived, null, Ct));
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("bad")));
    }

    [Theory, EachBackend]
    public async Task Ten_thousand_and_more_are_moved_and_the_archive_keeps_exactly_ten_thousand(Backend backend)
    {
        const int Count = 10_500;
        await using var scene = await Scene.OpenAsync(backend);
        var items = Enumerable.Range(0, Count).Select(i => EnqueueItem.Scheduled(Message($"{i:00000}"), Start.AddHours(1)));
        await scene.Broker.EnqueueManyAsync([.. items], Ct);

        Assert.Equal(Count, await scene.Broker.RunAllAsync(Queue, TaskState.Scheduled, null, Ct));
        Assert.Equal(Count, await scene.Database.ListLengthAsync(K.Pending));
        Assert.Equal("00000", await scene.Database.ListGetByIndexAsync(K.Pending, -1));

        Assert.Equal(Count, await scene.Broker.ArchiveAllAsync(Queue, TaskState.Pending, null, Ct));
        Assert.Equal(10_000, await scene.Database.SortedSetLengthAsync(K.Archived));
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("00499")));
        Assert.True(await scene.Database.KeyExistsAsync(K.Task("00500")));

        Assert.Equal(10_000, await scene.Broker.DeleteAllAsync(Queue, TaskState.Archived, null, Ct));
        Assert.Equal($"{Keys.Queues} = {Queue}", await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task A_state_that_cannot_be_moved_and_a_queue_that_is_not_there_are_refused(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        Assert.Null(await scene.Broker.RunAllAsync("nope", TaskState.Retry, null, Ct));
        Assert.Null(await scene.Broker.ArchiveAllAsync("nope", TaskState.Retry, null, Ct));
        Assert.Null(await scene.Broker.DeleteAllAsync("nope", TaskState.Retry, null, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.DeleteAllAsync(Queue, TaskState.Active, null, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.DeleteAllAsync(Queue, TaskState.Aggregating, null, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.DeleteAllAsync(Queue, TaskState.Aggregating, " ", Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.DeleteAllAsync(Queue, TaskState.Retry, "g", Ct));
    }

    // Each a second after the one before, so that order can be told.
    private static async Task PutAllAsync(Scene scene, TaskState state)
    {
        foreach (var id in Ids)
        {
            await scene.PutAsync(id, state);
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private sealed class ByName : IComparer<HashEntry>
    {
        public int Compare(HashEntry x, HashEntry y) => string.CompareOrdinal(x.Name, y.Name);
    }
}
