using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Tasks of a group become one, or stay what they were: nothing in between.</summary>
public sealed class AggregateTests
{
    private const string Group = "user:1";

    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory, EachBackend]
    public async Task A_batch_takes_the_place_of_its_members_and_their_locks(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(scene, Message("a", group: Group, unique: "a"), Message("b", group: Group));

        var outcome = await scene.Broker.AggregateAsync(Queue, Group, setId, EnqueueItem.Pending(Message("batch")), Ct);

        Assert.Equal(AggregateOutcome.Aggregated, outcome);
        Assert.Equal("batch", (await scene.FetchAsync()).Id);
        Assert.DoesNotContain("t:a", await scene.DumpAsync(), StringComparison.Ordinal);
        Assert.False(await scene.Database.KeyExistsAsync(Message("a", unique: "a").UniqueKey));
        Assert.False(await scene.Database.KeyExistsAsync(K.AggregationSets));
        Assert.False(await scene.Database.KeyExistsAsync(K.AggregationSet(Group, setId)));
    }

    [Theory, EachBackend]
    public async Task A_batch_can_be_scheduled_and_unique(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(scene, Message("a", group: Group));
        var due = scene.Broker.Now.AddSeconds(10).AddMilliseconds(500);
        var batch = EnqueueItem.Scheduled(Message("batch", unique: "u"), due) with { LockTtl = Hour };

        Assert.Equal(AggregateOutcome.Aggregated, await scene.Broker.AggregateAsync(Queue, Group, setId, batch, Ct));

        Assert.Equal(due.ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Scheduled, "batch"));
        Assert.Equal($"{due.ToUnixTimeMilliseconds()}", await scene.FieldAsync("batch", "due"));
        Assert.Equal("batch", await scene.Database.StringGetAsync(batch.Message.UniqueKey));
    }

    [Theory, EachBackend]
    public async Task A_refused_batch_leaves_the_set_as_it_was(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(scene, Message("a", group: Group));
        await scene.Broker.EnqueueUniqueAsync(Message("taken", unique: "u"), Hour, Ct);
        var before = await scene.DumpAsync();

        Assert.Equal(
            AggregateOutcome.IdConflict,
            await scene.Broker.AggregateAsync(Queue, Group, setId, EnqueueItem.Pending(Message("taken")), Ct));
        Assert.Equal(
            AggregateOutcome.Duplicate,
            await scene.Broker.AggregateAsync(
                Queue, Group, setId, EnqueueItem.Pending(Message("batch", unique: "u")) with { LockTtl = Hour }, Ct));

        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task A_lock_that_a_member_holds_passes_to_the_batch(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(scene, Message("a", group: Group, unique: "u"));
        var batch = EnqueueItem.Pending(Message("batch", unique: "u")) with { LockTtl = Hour };

        Assert.Equal(AggregateOutcome.Aggregated, await scene.Broker.AggregateAsync(Queue, Group, setId, batch, Ct));

        Assert.Equal("batch", await scene.Database.StringGetAsync(batch.Message.UniqueKey));
    }

    [Theory, EachBackend]
    public async Task A_batch_of_some_members_leaves_the_others_in_the_set(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(
            scene,
            Message("a", group: Group, unique: "a"),
            Message("b", group: Group, unique: "b"),
            Message("c", group: Group));
        var set = K.AggregationSet(Group, setId);

        // A lock that a task holds of which the batch is not made is another's.
        var ofC = EnqueueItem.Pending(Message("batch", unique: "b")) with { LockTtl = Hour };
        Assert.Equal(AggregateOutcome.Duplicate, await scene.Broker.AggregateAsync(Queue, Group, setId, ofC, ["c"], Ct));
        Assert.Equal(
            AggregateOutcome.Lost,
            await scene.Broker.AggregateAsync(
                Queue, Group, setId, EnqueueItem.Pending(Message("batch")), ["a", "stranger"], Ct));
        Assert.Equal(3, await scene.Database.SortedSetLengthAsync(set));

        Assert.Equal(
            AggregateOutcome.Aggregated,
            await scene.Broker.AggregateAsync(Queue, Group, setId, EnqueueItem.Pending(Message("one")), ["a", "c"], Ct));

        Assert.Equal(["b"], (await scene.Broker.ReadAggregationSetAsync(Queue, Group, setId, Ct))!.Tasks.Select(t => t.Id));
        Assert.False(await scene.Database.KeyExistsAsync(Message("a", unique: "a").UniqueKey));
        Assert.True(await scene.Database.KeyExistsAsync(Message("b", unique: "b").UniqueKey));

        Assert.Equal(
            AggregateOutcome.Aggregated,
            await scene.Broker.AggregateAsync(Queue, Group, setId, EnqueueItem.Pending(Message("two")), ["b"], Ct));

        Assert.False(await scene.Database.KeyExistsAsync(set));
        Assert.False(await scene.Database.KeyExistsAsync(K.AggregationSets));
        Assert.Equal(["one", "two"], new[] { (await scene.FetchAsync()).Id, (await scene.FetchAsync()).Id });
    }

    [Theory, EachBackend]
    public async Task A_set_that_is_given_up_goes_back_after_its_delay_with_the_arrival_of_its_tasks(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(scene, Message("a", group: Group));
        Assert.True(await scene.Broker.GiveBackAggregationSetAsync(Queue, Group, setId, TimeSpan.FromSeconds(10), Ct));

        scene.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, await scene.Broker.ReclaimStaleAggregationSetsAsync(Queue, Ct));
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await scene.Broker.ReclaimStaleAggregationSetsAsync(Queue, Ct));

        Assert.Equal(Start.ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Group(Group), "a"));
        Assert.False(await scene.Broker.GiveBackAggregationSetAsync(Queue, Group, setId, TimeSpan.Zero, Ct));
        Assert.False(await scene.Database.KeyExistsAsync(K.AggregationSets));
    }

    [Theory, EachBackend]
    public async Task A_set_that_was_reclaimed_is_lost(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(scene, Message("a", group: Group));
        scene.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, await scene.Broker.ReclaimStaleAggregationSetsAsync(Queue, Ct));
        var before = await scene.DumpAsync();

        Assert.Equal(AggregateOutcome.Lost, await scene.Broker.AggregateAsync(
            Queue, Group, setId, EnqueueItem.Pending(Message("batch")), Ct));
        Assert.Null(await scene.Broker.ReadAggregationSetAsync(Queue, Group, setId, Ct));
        Assert.Null(await scene.Broker.ReleaseMembersAsync(Queue, Group, setId, ["a"], Ct));
        Assert.Null(await scene.Broker.ArchiveMembersAsync(Queue, Group, setId, [(Message("a"), "e")], Ct));
        Assert.False(await scene.Broker.DeleteAggregationSetAsync(Queue, Group, setId, Ct));

        Assert.Equal(before, await scene.DumpAsync());
        Assert.Contains("groups = user:1", before, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_set_without_its_deadline_is_lost(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(scene, Message("a", group: Group));
        await scene.Database.KeyDeleteAsync(K.AggregationSets);
        var before = await scene.DumpAsync();

        Assert.Equal(AggregateOutcome.Lost, await scene.Broker.AggregateAsync(
            Queue, Group, setId, EnqueueItem.Pending(Message("batch")), Ct));
        Assert.Null(await scene.Broker.ReadAggregationSetAsync(Queue, Group, setId, Ct));
        Assert.Null(await scene.Broker.ReleaseMembersAsync(Queue, Group, setId, ["a"], Ct));

        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task Reclaimed_tasks_join_those_that_came_meanwhile_with_their_own_arrival(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await SetOfAsync(scene, Message("a", group: Group), Message("b", group: Group));
        scene.Time.Advance(TimeSpan.FromMinutes(3));
        await scene.Broker.AddToGroupAsync(Message("c", group: Group), Ct);

        Assert.Equal(2, await scene.Broker.ReclaimStaleAggregationSetsAsync(Queue, Ct));

        var members = await scene.Database.SortedSetRangeByRankWithScoresAsync(K.Group(Group));
        Assert.Equal(
            [
                new("a", Start.ToUnixTimeSeconds()), new("b", Start.ToUnixTimeSeconds()),
                new SortedSetEntry("c", scene.Broker.Now.ToUnixTimeSeconds()),
            ],
            members);
    }

    [Theory, EachBackend]
    public async Task Ten_thousand_tasks_and_more_are_moved_back_and_forth(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        const int Count = 12_000;
        await scene.Broker.EnqueueManyAsync(
            [.. Enumerable.Range(0, Count).Select(i => EnqueueItem.Grouped(Message($"{i}", group: Group)))], Ct);

        Assert.NotNull(await scene.Broker.AggregationCheckAsync(Queue, Group, Grace, default, Count - 1_000, Ct));
        Assert.Equal(1_000, await scene.Database.SortedSetLengthAsync(K.Group(Group)));
        scene.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(Count - 1_000, await scene.Broker.ReclaimStaleAggregationSetsAsync(Queue, Ct));

        Assert.Equal(Count, await scene.Database.SortedSetLengthAsync(K.Group(Group)));
    }

    [Theory, EachBackend]
    public async Task Members_that_cannot_be_read_are_archived_and_the_rest_is_read(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(
            scene, Message("a", group: Group), Message("broken", group: Group, unique: "u"), Message("gone", group: Group));
        await scene.Database.HashSetAsync(K.Task("broken"), "msg", new byte[] { 0xff, 0xff });
        await scene.Database.KeyDeleteAsync(K.Task("gone"));

        var set = await scene.Broker.ReadAggregationSetAsync(Queue, Group, setId, Ct);

        Assert.Equal(["a"], set!.Tasks.Select(task => task.Id));
        Assert.Equal(["broken"], set.Quarantined);
        Assert.Equal(scene.Broker.Now.AddMinutes(2), set.Deadline);
        Assert.Equal(1, await scene.Database.SortedSetLengthAsync(K.AggregationSet(Group, setId)));
        Assert.NotNull(await scene.FieldAsync("broken", "reason"));
        Assert.False(await scene.Database.KeyExistsAsync(Message("x", unique: "u").UniqueKey));
    }

    [Theory, EachBackend]
    public async Task Released_tasks_run_singly_and_do_not_return_to_the_group(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(scene, Message("a", group: Group), Message("b", group: Group));

        Assert.Equal(2, await scene.Broker.ReleaseMembersAsync(Queue, Group, setId, ["a", "b", "stranger"], Ct));

        Assert.False(await scene.Database.KeyExistsAsync(K.AggregationSets));
        var task = await scene.FetchAsync();
        await scene.Broker.RetryAsync(task, scene.Broker.Now, "e", true, Ct);
        await scene.Broker.ForwardAsync(Queue, Ct);
        Assert.Equal(["a", "b"], await scene.ListAsync(K.Pending));
        Assert.False(await scene.Database.KeyExistsAsync(K.Group(Group)));
    }

    [Theory, EachBackend]
    public async Task A_task_that_was_run_singly_with_its_group_field_leaves_the_group_when_it_fails(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var task = await scene.EnqueueAndFetchAsync(Message("a", group: Group));
        await scene.Database.HashSetAsync(K.Task("a"), "group", Group);

        await scene.Broker.RetryAsync(task, scene.Broker.Now, "e", true, Ct);
        await scene.Broker.ForwardAsync(Queue, Ct);

        Assert.Equal(["a"], await scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task Members_that_the_aggregator_gives_up_are_archived_with_its_error(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var setId = await SetOfAsync(scene, Message("a", group: Group), Message("b", group: Group));

        Assert.Equal(1, await scene.Broker.ArchiveMembersAsync(Queue, Group, setId, [(Message("a", group: Group), "bad")], Ct));

        Assert.Equal("bad", (await scene.StoredAsync("a")).ErrorMsg);
        Assert.Equal("archived", await scene.FieldAsync("a", "state"));
        Assert.Equal(["b"], (await scene.Broker.ReadAggregationSetAsync(Queue, Group, setId, Ct))!.Tasks.Select(task => task.Id));
    }

    [Theory, EachBackend]
    public async Task A_batch_for_another_queue_or_group_is_refused(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.AggregateAsync(
            Queue, Group, "set", EnqueueItem.Pending(Message("batch", queue: "other")), Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.AggregateAsync(
            Queue, Group, "set", EnqueueItem.Grouped(Message("batch", group: "g")), Ct));
    }

    [Theory, EachBackend]
    public async Task Two_aggregators_make_one_set_of_a_group(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.AddToGroupAsync(Message("a", group: Group), Ct);
        scene.Time.Advance(Grace);

        var sets = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            _ => scene.Broker.AggregationCheckAsync(Queue, Group, Grace, default, 0, Ct)));

        Assert.Single(sets, set => set is not null);
    }

    private static async Task<string> SetOfAsync(Scene scene, params TaskMessage[] messages)
    {
        foreach (var message in messages)
        {
            var added = message.UniqueKey.Length > 0
                ? await scene.Broker.AddToGroupUniqueAsync(message, Hour, Ct)
                : await scene.Broker.AddToGroupAsync(message, Ct);
            Assert.Equal(EnqueueOutcome.Enqueued, added);
        }

        scene.Time.Advance(Grace);
        return (await scene.Broker.AggregationCheckAsync(Queue, Group, Grace, default, 0, Ct))!;
    }
}
