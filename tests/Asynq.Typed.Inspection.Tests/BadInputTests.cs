using Asynq.Typed.Testing;
using Xunit;

#pragma warning disable ASQ3001, ASQ3002, ASQ3005 // What is refused at run time is given here on purpose

namespace Asynq.Typed.Inspection.Tests;

/// <summary>What cannot be asked of an inspector is refused before Redis is, and the message names what was wrong.</summary>
public sealed class BadInputTests
{
    private static readonly byte[] Payload = [1];

    [Theory, EachBackend]
    public async Task A_name_that_no_queue_can_have_is_refused_by_every_call(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var calls = QueueCalls(scene.Inspector);
        foreach (var name in (string[])["", " ", "\t", "a{b", "a}b", "\ud800"])
        {
            foreach (var (call, ask) in calls)
            {
                await RequireNamedAsync("queue", $"{call} of '{name}'", () => ask(name));
            }
        }

        foreach (var (call, ask) in calls)
        {
            await RequireNamedAsync("queue", $"{call} of null", () => ask(null!));
        }
    }

    [Theory, EachBackend]
    public async Task An_id_that_no_task_can_have_is_refused_by_every_call(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Scheduled);
        foreach (var id in (string[])["", " ", "\ud800", null!])
        {
            foreach (var (call, ask) in TaskCalls(scene.Inspector))
            {
                await RequireNamedAsync("task", $"{call} of '{id}'", () => ask(id));
            }
        }
    }

    [Theory, EachBackend]
    public async Task Pages_groups_entries_days_and_nothing_at_all_are_refused_by_name(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending);
        var inspector = scene.Inspector;
        foreach (var (name, what, ask) in (IEnumerable<(string, string, Func<Task>)>)
        [
            ("pageSize", "0", () => inspector.ListTasksAsync(Scene.Queue, TaskState.Pending, 1, 0, Scene.Ct)),
            ("pageSize", "-1", () => inspector.ListTasksAsync(Scene.Queue, TaskState.Pending, 1, -1, Scene.Ct)),
            ("pageSize", "0 of a group", () => inspector.ListGroupTasksAsync(Scene.Queue, "g", 1, 0, Scene.Ct)),
            ("pageSize", "-1 of events", () => inspector.ListSchedulerEventsAsync("e", 1, -1, Scene.Ct)),
            ("page", "0", () => inspector.ListTasksAsync(Scene.Queue, TaskState.Pending, 0, 1, Scene.Ct)),
            ("page", "-1 of a group", () => inspector.ListGroupTasksAsync(Scene.Queue, "g", -1, 1, Scene.Ct)),
            ("page", "0 of events", () => inspector.ListSchedulerEventsAsync("e", 0, 1, Scene.Ct)),
            ("days", "0", () => inspector.GetHistoryAsync(Scene.Queue, 0, Scene.Ct)),
            ("group", "blank", () => inspector.ListGroupTasksAsync(Scene.Queue, " ", cancellationToken: Scene.Ct)),
            ("group", "of no group", () => inspector.ListTasksAsync(Scene.Queue, TaskState.Aggregating, cancellationToken: Scene.Ct)),
            ("group", "of another state", () => inspector.RunAllTasksAsync(Scene.Queue, TaskState.Retry, "g", Scene.Ct)),
            ("group", "none, to run", () => inspector.RunAllTasksAsync(Scene.Queue, TaskState.Aggregating, null, Scene.Ct)),
            ("group", "none, to archive", () => inspector.ArchiveAllTasksAsync(Scene.Queue, TaskState.Aggregating, " ", Scene.Ct)),
            ("group", "none, to delete", () => inspector.DeleteAllTasksAsync(Scene.Queue, TaskState.Aggregating, null, Scene.Ct)),
            ("entryId", "blank", () => inspector.ListSchedulerEventsAsync("\t", cancellationToken: Scene.Ct)),
            ("filter", "null", () => Scene.IdsAsync(inspector.SearchTasksAsync(Scene.Queue, TaskState.Retry, null!, null, Scene.Ct))),
            ("worker", "null", () => inspector.GetTaskAsync((WorkerReport)null!, Scene.Ct)),
            ("worker", "null to be shown", () => inspector.ViewPayloadAsync(null!, Scene.Ct)),
            ("entry", "null", () => Task.FromResult(inspector.ViewPayload((SchedulerEntryReport)null!))),
            ("task", "null", () => Task.FromResult(inspector.ViewPayload((TaskInfo)null!))),
        ])
        {
            await RequireNamedAsync(name, what, ask);
        }
    }

    [Theory, EachBackend]
    public async Task What_a_state_forbids_to_all_of_it_names_the_state(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending);
        var inspector = scene.Inspector;
        foreach (var (state, ask) in (IEnumerable<(TaskState, Func<Task>)>)
        [
            (TaskState.Active, () => inspector.RunAllTasksAsync(Scene.Queue, TaskState.Active, null, Scene.Ct)),
            (TaskState.Pending, () => inspector.RunAllTasksAsync(Scene.Queue, TaskState.Pending, null, Scene.Ct)),
            (TaskState.Active, () => inspector.ArchiveAllTasksAsync(Scene.Queue, TaskState.Active, null, Scene.Ct)),
            (TaskState.Archived, () => inspector.ArchiveAllTasksAsync(Scene.Queue, TaskState.Archived, null, Scene.Ct)),
            (TaskState.Active, () => inspector.DeleteAllTasksAsync(Scene.Queue, TaskState.Active, null, Scene.Ct)),
        ])
        {
            var refused = await Assert.ThrowsAsync<ArgumentException>("state", ask);
            Assert.Contains($"{state}", refused.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static (string Name, Func<string, Task> Ask)[] QueueCalls(AsynqInspector inspector) =>
    [
        ("GetQueue", queue => inspector.GetQueueAsync(queue, Scene.Ct)),
        ("GetHistory", queue => inspector.GetHistoryAsync(queue, 1, Scene.Ct)),
        ("ListGroups", queue => inspector.ListGroupsAsync(queue, Scene.Ct)),
        ("PauseQueue", queue => inspector.PauseQueueAsync(queue, Scene.Ct)),
        ("UnpauseQueue", queue => inspector.UnpauseQueueAsync(queue, Scene.Ct)),
        ("DeleteQueue", queue => inspector.DeleteQueueAsync(queue, true, Scene.Ct)),
        ("GetClusterSlot", queue => inspector.GetClusterSlotAsync(queue, Scene.Ct)),
        ("ListClusterNodes", queue => inspector.ListClusterNodesAsync(queue, Scene.Ct)),
        ("GetTask", queue => inspector.GetTaskAsync(queue, "a", Scene.Ct)),
        ("ListTasks", queue => inspector.ListTasksAsync(queue, TaskState.Retry, cancellationToken: Scene.Ct)),
        ("ListGroupTasks", queue => inspector.ListGroupTasksAsync(queue, "g", cancellationToken: Scene.Ct)),
        ("ListAllTasks", queue => Scene.IdsAsync(inspector.ListAllTasksAsync(queue, TaskState.Retry, null, Scene.Ct))),
        ("SearchTasks", queue => Scene.IdsAsync(inspector.SearchTasksAsync(queue, TaskState.Retry, new(), null, Scene.Ct))),
        ("RunAll", queue => inspector.RunAllTasksAsync(queue, TaskState.Retry, null, Scene.Ct)),
        ("ArchiveAll", queue => inspector.ArchiveAllTasksAsync(queue, TaskState.Retry, null, Scene.Ct)),
        ("DeleteAll", queue => inspector.DeleteAllTasksAsync(queue, TaskState.Retry, null, Scene.Ct)),
        ("CancelAll", queue => inspector.CancelAllTasksAsync(queue, Scene.Ct)),
        ("RunTask", queue => inspector.RunTaskAsync(queue, "a", Scene.Ct)),
        ("ArchiveTask", queue => inspector.ArchiveTaskAsync(queue, "a", Scene.Ct)),
        ("DeleteTask", queue => inspector.DeleteTaskAsync(queue, "a", Scene.Ct)),
        ("CancelTask", queue => inspector.CancelTaskAsync(queue, "a", Scene.Ct)),
        ("UpdateTaskPayload", queue => inspector.UpdateTaskPayloadAsync(queue, "a", Payload, Scene.Ct)),
        ("RescheduleTask", queue => inspector.RescheduleTaskAsync(queue, "a", default, Scene.Ct)),
        ("RequeueTask", queue => inspector.RequeueTaskAsync(queue, "a", Payload, Scene.Ct)),
    ];

    private static (string Name, Func<string, Task> Ask)[] TaskCalls(AsynqInspector inspector) =>
    [
        ("GetTask", id => inspector.GetTaskAsync(Scene.Queue, id, Scene.Ct)),
        ("RunTask", id => inspector.RunTaskAsync(Scene.Queue, id, Scene.Ct)),
        ("ArchiveTask", id => inspector.ArchiveTaskAsync(Scene.Queue, id, Scene.Ct)),
        ("DeleteTask", id => inspector.DeleteTaskAsync(Scene.Queue, id, Scene.Ct)),
        ("CancelTask", id => inspector.CancelTaskAsync(Scene.Queue, id, Scene.Ct)),
        ("UpdateTaskPayload", id => inspector.UpdateTaskPayloadAsync(Scene.Queue, id, Payload, Scene.Ct)),
        ("RescheduleTask", id => inspector.RescheduleTaskAsync(Scene.Queue, id, default, Scene.Ct)),
        ("RequeueTask", id => inspector.RequeueTaskAsync(Scene.Queue, id, Payload, Scene.Ct)),
        ("PublishCancellation", id => inspector.PublishCancellationAsync(id, Scene.Ct)),
    ];

    private static async Task RequireNamedAsync(string name, string what, Func<Task> ask)
    {
        var refused = await Record.ExceptionAsync(ask);
        Assert.True(
            refused is ArgumentException && refused.Message.Contains(name, StringComparison.OrdinalIgnoreCase),
            $"{what}: the refusal should name '{name}': {refused}");
    }
}
