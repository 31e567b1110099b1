using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Inspection.Tests;

/// <summary>What a user can do to one task, in every state, and to all tasks of a state.</summary>
public sealed class ChangeTests
{
    private static readonly byte[] NewPayload = [7, 8, 9];

    [Theory]
    [MemberData(nameof(EveryState.Cases), MemberType = typeof(EveryState))]
    public Task Running_is_refused_for_active_and_pending(Backend backend, TaskState state) => ChangeAsync(
        backend,
        state,
        state is TaskState.Active or TaskState.Pending,
        TaskState.Pending,
        scene => scene.Inspector.RunTaskAsync(Scene.Queue, "a", Scene.Ct));

    [Theory]
    [MemberData(nameof(EveryState.Cases), MemberType = typeof(EveryState))]
    public Task Archiving_is_refused_for_active_and_archived(Backend backend, TaskState state) => ChangeAsync(
        backend,
        state,
        state is TaskState.Active or TaskState.Archived,
        TaskState.Archived,
        scene => scene.Inspector.ArchiveTaskAsync(Scene.Queue, "a", Scene.Ct));

    [Theory]
    [MemberData(nameof(EveryState.Cases), MemberType = typeof(EveryState))]
    public Task Deleting_is_refused_for_active(Backend backend, TaskState state) => ChangeAsync(
        backend,
        state,
        state == TaskState.Active,
        null,
        scene => scene.Inspector.DeleteTaskAsync(Scene.Queue, "a", Scene.Ct));

    [Theory]
    [MemberData(nameof(EveryState.Cases), MemberType = typeof(EveryState))]
    public Task A_payload_is_replaced_of_scheduled_tasks_only(Backend backend, TaskState state) => ChangeAsync(
        backend,
        state,
        state != TaskState.Scheduled,
        TaskState.Scheduled,
        async scene =>
        {
            var change = await scene.Inspector.UpdateTaskPayloadAsync(Scene.Queue, "a", NewPayload, Scene.Ct);
            var stored = (await scene.Inspector.GetTaskAsync(Scene.Queue, "a", Scene.Ct))!.Payload.ToArray();
            Assert.Equal(change.IsDone, stored.SequenceEqual(NewPayload));
            return change;
        });

    [Theory]
    [MemberData(nameof(EveryState.Cases), MemberType = typeof(EveryState))]
    public Task Cancelling_is_refused_for_all_but_active(Backend backend, TaskState state) => ChangeAsync(
        backend,
        state,
        state != TaskState.Active,
        TaskState.Active,
        async scene =>
        {
            var change = await scene.Inspector.CancelTaskAsync(Scene.Queue, "a", Scene.Ct);
            Assert.Equal(change.IsDone, await scene.Database.HashExistsAsync(Scene.K.Task("a"), "cancel"));
            return change;
        });

    [Theory]
    [MemberData(nameof(EveryState.Cases), MemberType = typeof(EveryState))]
    public Task Rescheduling_is_refused_for_all_but_scheduled_and_retry(Backend backend, TaskState state) => ChangeAsync(
        backend,
        state,
        state is not (TaskState.Scheduled or TaskState.Retry),
        state,
        async scene =>
        {
            foreach (var at in new[] { scene.Start.AddMilliseconds(7_200_250), scene.Start.AddHours(3) })
            {
                var change = await scene.Inspector.RescheduleTaskAsync(Scene.Queue, "a", at, Scene.Ct);
                if (!change.IsDone)
                {
                    return change;
                }

                var task = await scene.Inspector.GetTaskAsync(Scene.Queue, "a", Scene.Ct);
                Assert.Equal(at, task!.NextProcessAt);
            }

            Assert.Empty((await scene.Broker.DequeueAsync(Scene.Queue, 1, Scene.Lease, Scene.Ct)).Tasks);
            return TaskChange.Done;
        });

    [Theory, EachBackend]
    public async Task A_task_that_is_put_off_keeps_its_lock_and_one_in_the_past_runs(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var message = Scene.Message("a");
        message.UniqueKey = Scene.K.UniquePrefix + "one";
        await scene.Broker.ScheduleUniqueAsync(message, scene.Start.AddHours(1), TimeSpan.FromHours(1), Scene.Ct);

        await scene.Inspector.RescheduleTaskAsync(Scene.Queue, "a", scene.Start.AddHours(5), Scene.Ct);

        var left = (await scene.Database.KeyTimeToLiveAsync(message.UniqueKey))!.Value;
        Assert.InRange(left, TimeSpan.FromHours(5.9), TimeSpan.FromHours(6.1));

        await scene.Inspector.RescheduleTaskAsync(Scene.Queue, "a", scene.Start.AddDays(-1), Scene.Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await scene.Broker.ForwardAsync(Scene.Queue, Scene.Ct)).Moved);
        Assert.Equal(TaskState.Pending, await scene.StateAsync("a"));
        Assert.Equal("a", await scene.Database.StringGetAsync(message.UniqueKey));
    }

    [Theory]
    [MemberData(nameof(EveryState.Cases), MemberType = typeof(EveryState))]
    public Task Requeueing_with_a_payload_is_refused_for_all_but_archived(Backend backend, TaskState state) => ChangeAsync(
        backend,
        state,
        state != TaskState.Archived,
        TaskState.Pending,
        async scene =>
        {
            var change = await scene.Inspector.RequeueTaskAsync(Scene.Queue, "a", NewPayload, Scene.Ct);
            var stored = (await scene.Inspector.GetTaskAsync(Scene.Queue, "a", Scene.Ct))!.Payload.ToArray();
            Assert.Equal(change.IsDone, stored.SequenceEqual(NewPayload));
            Assert.Equal(0, await scene.Database.SortedSetLengthAsync(Scene.K.Archived));
            return change;
        });

    [Theory, EachBackend]
    public async Task Unknown_queues_and_tasks_are_told_apart(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending);
        var inspector = scene.Inspector;
        foreach (var change in new Func<string, string, Task<TaskChange>>[]
        {
            (queue, id) => inspector.RunTaskAsync(queue, id, Scene.Ct),
            (queue, id) => inspector.ArchiveTaskAsync(queue, id, Scene.Ct),
            (queue, id) => inspector.DeleteTaskAsync(queue, id, Scene.Ct),
            (queue, id) => inspector.UpdateTaskPayloadAsync(queue, id, NewPayload, Scene.Ct),
            (queue, id) => inspector.CancelTaskAsync(queue, id, Scene.Ct),
            (queue, id) => inspector.RescheduleTaskAsync(queue, id, scene.Start, Scene.Ct),
            (queue, id) => inspector.RequeueTaskAsync(queue, id, NewPayload, Scene.Ct),
        })
        {
            Assert.Equal(new TaskChange(TaskChangeStatus.QueueNotFound, null), await change(Scene.Gone, "a"));
            Assert.Equal(new TaskChange(TaskChangeStatus.TaskNotFound, null), await change(Scene.Queue, "b"));
            await Assert.ThrowsAsync<ArgumentException>(() => change(Scene.Queue, " "));
            await Assert.ThrowsAsync<ArgumentException>(() => change("{", "a"));
        }
    }

    [Theory, EachBackend]
    public async Task A_task_in_a_batch_is_aggregating_and_records_that_disagree_say_so(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Aggregating);
        await scene.Database.SortedSetRemoveAsync(Scene.K.Group(Scene.Group), "a");
        await scene.PutAsync("b", TaskState.Retry);
        await scene.Database.SortedSetRemoveAsync(Scene.K.Retry, "b");

        Assert.Equal(
            new TaskChange(TaskChangeStatus.WrongState, TaskState.Aggregating),
            await scene.Inspector.RunTaskAsync(Scene.Queue, "a", Scene.Ct));
        Assert.Equal(
            new TaskChange(TaskChangeStatus.Inconsistent, TaskState.Retry),
            await scene.Inspector.DeleteTaskAsync(Scene.Queue, "b", Scene.Ct));
    }

    [Theory, EachBackend]
    public async Task A_message_that_cannot_be_read_is_not_replaced(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Scheduled);
        await scene.Database.HashSetAsync(Scene.K.Task("a"), "msg", new byte[] { 0xFF });

        Assert.Equal(
            TaskChangeStatus.Unreadable,
            (await scene.Inspector.UpdateTaskPayloadAsync(Scene.Queue, "a", NewPayload, Scene.Ct)).Status);
    }

    [Theory]
    [MemberData(nameof(EveryState.Cases), MemberType = typeof(EveryState))]
    public async Task All_of_a_state_are_changed_where_one_is(Backend backend, TaskState state)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var inspector = scene.Inspector;
        foreach (var (change, refused, target) in new (Func<string, Task<long>>, bool, TaskState?)[]
        {
            (queue => inspector.RunAllTasksAsync(queue, state, Scene.GroupOf(state), Scene.Ct),
                state is TaskState.Active or TaskState.Pending, TaskState.Pending),
            (queue => inspector.ArchiveAllTasksAsync(queue, state, Scene.GroupOf(state), Scene.Ct),
                state is TaskState.Active or TaskState.Archived, TaskState.Archived),
            (queue => inspector.DeleteAllTasksAsync(queue, state, Scene.GroupOf(state), Scene.Ct),
                state is TaskState.Active, null),
        })
        {
            await scene.Database.ExecuteAsync("FLUSHALL");
            await scene.Database.SetAddAsync(Keys.Queues, Scene.Queue);
            await scene.PutManyAsync(state, 3);
            if (refused)
            {
                await Assert.ThrowsAsync<ArgumentException>(() => change(Scene.Queue));
                Assert.Equal(state, await scene.StateAsync("0000"));
                continue;
            }

            Assert.Equal(3, await change(Scene.Queue));
            Assert.Equal(0, await change(Scene.Queue));
            Assert.Equal(target, await scene.StateAsync("0002"));
            Assert.Equal(Scene.Gone, (await Assert.ThrowsAsync<QueueNotFoundException>(() => change(Scene.Gone))).Queue);
        }
    }

    [Theory, EachBackend]
    public async Task All_active_tasks_are_cancelled_and_no_other(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutManyAsync(TaskState.Active, 3);
        await scene.PutAsync("other", TaskState.Pending);
        var heard = new System.Collections.Concurrent.ConcurrentBag<string>();
        await using var ear = await scene.Broker.SubscribeCancellationsAsync(heard.Add, Scene.Ct);

        Assert.Equal(3, await scene.Inspector.CancelAllTasksAsync(Scene.Queue, Scene.Ct));
        await scene.Inspector.PublishCancellationAsync("anywhere", Scene.Ct);

        await SpinUntilAsync(() => heard.Count == 4);
        Assert.Equal(["0000", "0001", "0002", "anywhere"], heard.Order(StringComparer.Ordinal));
        Assert.True(await scene.Database.HashExistsAsync(Scene.K.Task("0001"), "cancel"));
        Assert.False(await scene.Database.HashExistsAsync(Scene.K.Task("other"), "cancel"));
        await Assert.ThrowsAsync<QueueNotFoundException>(() => scene.Inspector.CancelAllTasksAsync(Scene.Gone, Scene.Ct));
    }

    private static async Task SpinUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5, Scene.Ct).WaitAsync(TimeSpan.FromSeconds(30), Scene.Ct);
        }
    }

    private static async Task ChangeAsync(
        Backend backend, TaskState state, bool refused, TaskState? target, Func<Scene, Task<TaskChange>> change)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", state);

        var outcome = await change(scene);

        Assert.Equal(refused ? new TaskChange(TaskChangeStatus.WrongState, state) : TaskChange.Done, outcome);
        Assert.Equal(refused ? state : target, await scene.StateAsync("a"));
    }
}
