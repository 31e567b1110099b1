namespace Asynq.Typed;

/// <summary>Whether a task was changed as a user asked, and if not, why.</summary>
public enum TaskChangeStatus
{
    /// <summary>It is done.</summary>
    Done = 0,

    /// <summary>Refused: there is no such queue.</summary>
    QueueNotFound = 1,

    /// <summary>Refused: the queue has no task with this id.</summary>
    TaskNotFound = 2,

    /// <summary>Refused: the state that the task is in, <see cref="TaskChange.State"/>, forbids it.</summary>
    WrongState = 3,

    /// <summary>Refused: the task's message cannot be read, so no part of it can be replaced.</summary>
    Unreadable = 4,

    /// <summary>
    /// Refused: the task's records in Redis disagree with each other; <see cref="TaskChange.State"/> is what its own says. The
    /// servers' next round of recovery may repair it.
    /// </summary>
    Inconsistent = 5,
}

/// <summary>What became of a request to change one task. Where it was refused, nothing was written.</summary>
/// <param name="Status">Whether it is done, and if not, why.</param>
/// <param name="State">The state that stands in the way; <c>null</c> where none does.</param>
public sealed record TaskChange(TaskChangeStatus Status, TaskState? State)
{
    internal static readonly TaskChange Done = new(TaskChangeStatus.Done, null);

    /// <summary>Whether it is done.</summary>
    public bool IsDone => Status == TaskChangeStatus.Done;

    internal static TaskChange Refused(TaskChangeStatus status) => new(status, null);

    internal static TaskChange WrongState(TaskState state) => new(TaskChangeStatus.WrongState, state);
}
