using Asynq.Typed.Redis.Tests.Operations;
using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Inspect;

/// <summary>Run, archive and delete, one task at a time.</summary>
public sealed class MoveTests
{
    public static TheoryData<Backend, TaskState> States =>
        [.. Enum.GetValues<Backend>().SelectMany(_ => Places.Movable, (backend, state) => (backend, state))];

    [Theory, MemberData(nameof(States))]
    public async Task A_task_of_any_state_is_run(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", state);
        scene.Time.Advance(TimeSpan.FromSeconds(7));

        var outcome = await scene.Broker.RunTaskAsync(Queue, "a", Ct);

        if (state == TaskState.Pending)
        {
            Assert.Equal(InspectOutcome.AlreadyPending, outcome);
            return;
        }

        Assert.Equal(InspectOutcome.Done, outcome);
        Assert.Equal(["pending"], await scene.WhereAsync("a"));
        Assert.Equal($"{Start.AddSeconds(7).ToUnixTimeSeconds()}000000000", await scene.FieldAsync("a", "pending_since"));
        Assert.Equal("pending", await scene.FieldAsync("a", "state"));
        Assert.Empty((await scene.FieldsAsync("a")).Intersect(["group", "due", "due_group", "owner", "cancel", "reason"]));
        Assert.False(await scene.Database.KeyExistsAsync(K.Groups));
        Assert.Equal("a", (await scene.FetchAsync()).Id);
    }

    [Theory, MemberData(nameof(States))]
    public async Task A_task_of_any_state_is_archived_and_keeps_its_lock(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", state);
        scene.Time.Advance(TimeSpan.FromSeconds(7));

        var outcome = await scene.Broker.ArchiveTaskAsync(Queue, "a", Ct);

        if (state == TaskState.Archived)
        {
            Assert.Equal(InspectOutcome.AlreadyArchived, outcome);
            return;
        }

        Assert.Equal(InspectOutcome.Done, outcome);
        Assert.Equal(["archived"], await scene.WhereAsync("a"));
        Assert.Equal(Start.AddSeconds(7).ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Archived, "a"));
        Assert.Equal("archived", await scene.FieldAsync("a", "state"));
        Assert.Empty((await scene.FieldsAsync("a")).Intersect(["due", "due_group", "owner", "cancel"]));
        Assert.False(await scene.Database.KeyExistsAsync(K.Groups));
        Assert.Equal(state != TaskState.Completed, await scene.Database.KeyExistsAsync(Places.LockOf("a")));
    }

    [Theory, MemberData(nameof(States))]
    public async Task A_task_of_any_state_is_deleted_with_its_lock(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", state);

        Assert.Equal(InspectOutcome.Done, await scene.Broker.DeleteTaskAsync(Queue, "a", Ct));

        Assert.Empty(await scene.WhereAsync("a"));
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("a")));
        Assert.False(await scene.Database.KeyExistsAsync(Places.LockOf("a")));
        Assert.False(await scene.Database.KeyExistsAsync(K.Groups));
    }

    [Theory, EachBackend]
    public async Task A_lock_that_another_task_holds_by_now_stays(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending);
        await scene.Database.StringSetAsync(Places.LockOf("a"), "another");

        await scene.Broker.DeleteTaskAsync(Queue, "a", Ct);

        Assert.Equal("another", await scene.Database.StringGetAsync(Places.LockOf("a")));
    }

    [Theory, EachBackend]
    public async Task The_lock_of_a_grouped_task_of_Go_is_found_in_its_message(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsGoInGroupAsync("a");

        Assert.Equal(InspectOutcome.Done, await scene.Broker.DeleteTaskAsync(Queue, "a", Ct));

        Assert.False(await scene.Database.KeyExistsAsync(Places.LockOf("a")));
    }

    [Theory, EachBackend]
    public async Task A_group_that_still_has_tasks_keeps_its_name(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Aggregating);
        await scene.PutAsync("b", TaskState.Aggregating);

        await scene.Broker.RunTaskAsync(Queue, "a", Ct);
        Assert.True(await scene.Database.SetContainsAsync(K.Groups, Places.Group));

        await scene.Broker.DeleteTaskAsync(Queue, "b", Ct);
        Assert.False(await scene.Database.SetContainsAsync(K.Groups, Places.Group));
    }

    [Theory, EachBackend]
    public async Task An_active_task_and_one_that_is_being_aggregated_are_refused_untouched(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("active", TaskState.Active);
        await scene.PutAsync("aggregated", TaskState.Aggregating);
        Assert.NotNull(await scene.Broker.AggregationCheckAsync(
            Queue, Places.Group, TimeSpan.FromMinutes(1), TimeSpan.Zero, 1, Ct));
        var before = await scene.DumpAsync();

        foreach (var (id, refusal) in new[]
        {
            ("active", InspectOutcome.Active), ("aggregated", InspectOutcome.Misplaced),
            ("missing", InspectOutcome.TaskNotFound),
        })
        {
            Assert.Equal(refusal, await scene.Broker.RunTaskAsync(Queue, id, Ct));
            Assert.Equal(refusal, await scene.Broker.ArchiveTaskAsync(Queue, id, Ct));
            Assert.Equal(refusal, await scene.Broker.DeleteTaskAsync(Queue, id, Ct));
        }

        Assert.Equal(InspectOutcome.QueueNotFound, await scene.Broker.RunTaskAsync("nope", "a", Ct));
        Assert.Equal(InspectOutcome.QueueNotFound, await scene.Broker.ArchiveTaskAsync("nope", "a", Ct));
        Assert.Equal(InspectOutcome.QueueNotFound, await scene.Broker.DeleteTaskAsync("nope", "a", Ct));
        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task A_task_that_waits_for_its_group_is_run_singly(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.ScheduleAsync(Message("a", group: Places.Group), Start.AddHours(1), Ct);
        Assert.Equal(Places.Group, await scene.FieldAsync("a", "due_group"));

        await scene.Broker.RunTaskAsync(Queue, "a", Ct);

        Assert.Equal("a", (await scene.FetchAsync()).Id);
    }

    [Theory, EachBackend]
    public async Task A_task_of_a_group_that_is_run_singly_and_fails_does_not_return_to_the_group(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Aggregating);
        await scene.Broker.RunTaskAsync(Queue, "a", Ct);
        await scene.Broker.RetryAsync(await scene.FetchAsync(), Start.AddSeconds(1), "failed", true, Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(2));

        await scene.Broker.ForwardAsync(Queue, Ct);

        Assert.Equal(["pending"], await scene.WhereAsync("a"));
    }

    [Theory, EachBackend]
    public async Task Running_wakes_where_nothing_was_pending(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var id in new[] { "a", "b", "c", "d" })
        {
            await scene.PutAsync(id, TaskState.Scheduled);
        }

        await using var ear = await Ear.OpenAsync(scene);
        await scene.Broker.RunTaskAsync(Queue, "a", Ct);
        Assert.Equal(1, await ear.CountAsync());
        await scene.Broker.RunTaskAsync(Queue, "b", Ct);
        Assert.Equal(0, await ear.CountAsync());
        await scene.Broker.DeleteAllAsync(Queue, TaskState.Pending, null, Ct);
        await scene.Broker.RunAllAsync(Queue, TaskState.Scheduled, null, Ct);
        Assert.Equal(1, await ear.CountAsync());
    }

    [Theory, EachBackend]
    public async Task A_task_that_was_quarantined_can_be_run_again_and_deleted(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);
        await scene.Database.HashSetAsync(K.Task("a"), "msg", "no message");
        Assert.Equal(["a"], (await scene.Broker.DequeueAsync(Queue, 1, Lease, Ct)).Quarantined);

        Assert.Equal(InspectOutcome.Done, await scene.Broker.RunTaskAsync(Queue, "a", Ct));
        Assert.Null(await scene.FieldAsync("a", "reason"));
        Assert.Equal(InspectOutcome.Done, await scene.Broker.DeleteTaskAsync(Queue, "a", Ct));
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("a")));
    }

    [Theory, EachBackend]
    public async Task A_key_of_the_wrong_type_stops_a_move_before_it_writes(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Scheduled);
        await scene.Database.StringSetAsync(K.Archived, "what?");
        var before = await scene.DumpAsync();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => scene.Broker.ArchiveTaskAsync(Queue, "a", Ct));

        Assert.Contains(K.Archived.ToString(), refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => scene.Broker.ArchiveAllAsync(Queue, TaskState.Scheduled, null, Ct));
        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task An_archive_that_is_full_loses_its_oldest_task_whole(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var broker = scene.NewBroker(archiveLimit: 2);
        foreach (var id in new[] { "a", "b", "c" })
        {
            await scene.PutAsync(id, TaskState.Scheduled);
            Assert.Equal(InspectOutcome.Done, await broker.ArchiveTaskAsync(Queue, id, Ct));
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["b", "c"], (await scene.Database.SortedSetRangeByRankAsync(K.Archived)).Select(id => (string?)id));
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("a")));
        Assert.False(await scene.Database.KeyExistsAsync(Places.LockOf("a")));
    }

    [Theory, EachBackend]
    public async Task An_id_that_can_be_none_is_refused(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var id in new[] { "", " ", "\ud800" })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.RunTaskAsync(Queue, id, Ct));
            await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.ArchiveTaskAsync(Queue, id, Ct));
            await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.DeleteTaskAsync(Queue, id, Ct));
            await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.GetTaskInfoAsync(Queue, id, Ct));
            await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.UpdateTaskPayloadAsync(Queue, id, "x"u8.ToArray(), Ct));
        }
    }
}
