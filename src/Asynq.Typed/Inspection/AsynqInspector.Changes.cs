using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;

namespace Asynq.Typed;

public sealed partial class AsynqInspector
{
    /// <summary>
    /// Makes a task pending now, whatever it waits for: scheduled, to be retried, archived, completed or in a group, which
    /// it leaves. Active and pending ones are refused.
    /// </summary>
    public Task<TaskChange> RunTaskAsync(string queue, string taskId, CancellationToken cancellationToken = default) =>
        ChangeAsync(queue, taskId, broker => broker.RunTaskAsync(queue, taskId, cancellationToken), cancellationToken);

    /// <summary>
    /// Archives a task. It keeps its unique lock. Active and archived ones are refused. The archive is held to 10,000 tasks
    /// and 90 days: the oldest go.
    /// </summary>
    public Task<TaskChange> ArchiveTaskAsync(string queue, string taskId, CancellationToken cancellationToken = default) =>
        ChangeAsync(queue, taskId, broker => broker.ArchiveTaskAsync(queue, taskId, cancellationToken), cancellationToken);

    /// <summary>Deletes a task and its unique lock. An active one is refused: cancel it first.</summary>
    public Task<TaskChange> DeleteTaskAsync(string queue, string taskId, CancellationToken cancellationToken = default) =>
        ChangeAsync(queue, taskId, broker => broker.DeleteTaskAsync(queue, taskId, cancellationToken), cancellationToken);

    /// <summary>
    /// Replaces the payload of a scheduled task; in any other state it is refused. A unique task keeps the lock of its first
    /// payload. Where the one before was compressed or encrypted, the new one goes through the transforms too.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="payload">The new payload as it is serialized, before any transform.</param>
    /// <param name="cancellationToken">Gives up before the payload is sent.</param>
    /// <exception cref="PayloadException">The payload before went through a transform that this process does not have.</exception>
    public Task<TaskChange> UpdateTaskPayloadAsync(
        string queue, string taskId, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            queue,
            taskId,
            broker => broker.UpdateTaskPayloadAsync(
                queue, taskId, message => _transforms.ReplacePayload(message, payload), cancellationToken),
            cancellationToken);

    /// <summary>
    /// Replaces the payload of a scheduled task by a typed one. All that
    /// <see cref="UpdateTaskPayloadAsync(string, string, ReadOnlyMemory{byte}, CancellationToken)"/> says holds here too.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="task">The new payload.</param>
    /// <param name="cancellationToken">Gives up before the payload is sent.</param>
    /// <exception cref="ArgumentException">The task that is stored is of another type.</exception>
    /// <exception cref="PayloadException">
    /// The value cannot be written, or the payload before went through a transform that this process does not have.
    /// </exception>
    public Task<TaskChange> UpdateTaskPayloadAsync<T>(
        string queue, string taskId, T task, CancellationToken cancellationToken = default)
        where T : IAsynqTask<T>
    {
        var replace = Replacing(taskId, task);
        return ChangeAsync(
            queue,
            taskId,
            broker => broker.UpdateTaskPayloadAsync(queue, taskId, replace, cancellationToken),
            cancellationToken);
    }

    /// <summary>
    /// Gives a task that is scheduled or to be retried another due time; in any other state it is refused. Beyond what
    /// asynq's inspector does, but Go's servers keep to it.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="processAt">
    /// When it is to run; a time in the past makes it due now. The lock of a unique task lasts as much longer as the task is
    /// put off.
    /// </param>
    /// <param name="cancellationToken">Gives up before the time is sent.</param>
    public Task<TaskChange> RescheduleTaskAsync(
        string queue, string taskId, DateTimeOffset processAt, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            queue,
            taskId,
            broker => broker.RescheduleTaskAsync(
                queue, taskId, processAt > broker.Now ? processAt : broker.Now, cancellationToken),
            cancellationToken);

    /// <summary>
    /// Makes an archived task pending with another payload, in one step; in any other state it is refused. A unique task
    /// keeps the lock of its first payload. Where the payload before was compressed or encrypted, the new one goes through the
    /// transforms too. Beyond what asynq's inspector does.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="payload">The new payload as it is serialized, before any transform.</param>
    /// <param name="cancellationToken">Gives up before the payload is sent.</param>
    /// <exception cref="PayloadException">The payload before went through a transform that this process does not have.</exception>
    public Task<TaskChange> RequeueTaskAsync(
        string queue, string taskId, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            queue,
            taskId,
            broker => broker.RequeueTaskAsync(
                queue, taskId, message => _transforms.ReplacePayload(message, payload), cancellationToken),
            cancellationToken);

    /// <summary>
    /// Makes an archived task pending with another payload, a typed one. All that
    /// <see cref="RequeueTaskAsync(string, string, ReadOnlyMemory{byte}, CancellationToken)"/> says holds here too.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="task">The new payload.</param>
    /// <param name="cancellationToken">Gives up before the payload is sent.</param>
    /// <exception cref="ArgumentException">The task that is stored is of another type.</exception>
    /// <exception cref="PayloadException">
    /// The value cannot be written, or the payload before went through a transform that this process does not have.
    /// </exception>
    public Task<TaskChange> RequeueTaskAsync<T>(
        string queue, string taskId, T task, CancellationToken cancellationToken = default)
        where T : IAsynqTask<T>
    {
        var replace = Replacing(taskId, task);
        return ChangeAsync(
            queue,
            taskId,
            broker => broker.RequeueTaskAsync(queue, taskId, replace, cancellationToken),
            cancellationToken);
    }

    /// <summary>
    /// Asks the worker that holds a task to stop. A request, not a promise: the handler's token is cancelled, and what then
    /// becomes of the task its server decides (by default it is archived). A server of this project cannot miss it; a Go
    /// server that is not connected at the moment does.
    /// </summary>
    /// <returns>Whether it was asked. A task that is not active is refused: there is nobody to ask.</returns>
    public async Task<TaskChange> CancelTaskAsync(
        string queue, string taskId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(taskId);
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        var found = await broker.FindTaskAsync(queue, taskId, cancellationToken).ConfigureAwait(false);
        if (Missing(found) is { } missing)
        {
            return missing;
        }

        if (found.Task!.State != TaskState.Active)
        {
            return TaskChange.WrongState(found.Task.State);
        }

        await broker.CancelAsync(queue, taskId, cancellationToken).ConfigureAwait(false);
        return TaskChange.Done;
    }

    /// <summary>
    /// Asks every server to stop work on tasks with this id, whatever their queue, as asynq does where only the id is known.
    /// Servers that are not connected at the moment miss it; <see cref="CancelTaskAsync"/> is surer.
    /// </summary>
    public async Task PublishCancellationAsync(string taskId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(taskId);
        var broker = await BrokerAsync(cancellationToken).ConfigureAwait(false);
        await broker.PublishCancellationAsync(taskId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What puts a task's payload into a message of its type, and refuses any other.</summary>
    private Action<TaskMessage> Replacing<T>(string taskId, T task)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(task);
        var payload = TaskBody.Of(task, null).Payload;
        return message =>
        {
            RequireType<T>($"Task {taskId}", message.Type, nameof(task), "its payload cannot be replaced by one of");
            _transforms.ReplacePayload(message, payload);
        };
    }

    private async Task<TaskChange> ChangeAsync(
        string queue, string taskId, Func<Broker, Task<InspectOutcome>> change, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(taskId);
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var outcome = await change(broker).ConfigureAwait(false);
            if (ChangeOf(outcome) is { } known)
            {
                return known;
            }

            var found = await broker.FindTaskAsync(queue, taskId, cancellationToken).ConfigureAwait(false);
            if (Explain(outcome, found) is { } explained)
            {
                return explained;
            }
        }
    }

    /// <returns><c>null</c> where the task's state is needed to tell.</returns>
    private static TaskChange? ChangeOf(InspectOutcome outcome) => outcome switch
    {
        InspectOutcome.Done => TaskChange.Done,
        InspectOutcome.QueueNotFound => TaskChange.Refused(TaskChangeStatus.QueueNotFound),
        InspectOutcome.TaskNotFound => TaskChange.Refused(TaskChangeStatus.TaskNotFound),
        InspectOutcome.Unreadable => TaskChange.Refused(TaskChangeStatus.Unreadable),
        InspectOutcome.Active => TaskChange.WrongState(TaskState.Active),
        InspectOutcome.AlreadyPending => TaskChange.WrongState(TaskState.Pending),
        InspectOutcome.AlreadyArchived => TaskChange.WrongState(TaskState.Archived),
        _ => null,
    };

    /// <summary>Why a task was refused, by the state that it is found in afterwards.</summary>
    /// <returns><c>null</c> where its state has changed since, and no longer stands in the way.</returns>
    private static TaskChange? Explain(InspectOutcome outcome, TaskSearch found) =>
        Missing(found) ?? (outcome, found.Task!.State) switch
        {
            (InspectOutcome.NotScheduled or InspectOutcome.NotWaiting, TaskState.Scheduled) => null,
            (InspectOutcome.NotWaiting, TaskState.Retry) => null,
            (InspectOutcome.NotArchived, TaskState.Archived) => null,
            (InspectOutcome.NotScheduled or InspectOutcome.NotWaiting or InspectOutcome.NotArchived, var state) =>
                TaskChange.WrongState(state),

            // A task that is in no group although it says so is in a batch that is being aggregated.
            (_, TaskState.Aggregating) => TaskChange.WrongState(TaskState.Aggregating),
            (_, var state) => new TaskChange(TaskChangeStatus.Inconsistent, state),
        };

    private static TaskChange? Missing(TaskSearch found) => found switch
    {
        { QueueExists: false } => TaskChange.Refused(TaskChangeStatus.QueueNotFound),
        { Task: null } => TaskChange.Refused(TaskChangeStatus.TaskNotFound),
        _ => null,
    };
}
