namespace Asynq.Typed;

/// <summary>What became of a task that was to be enqueued.</summary>
public enum EnqueueStatus
{
    /// <summary>It is stored.</summary>
    Enqueued = 0,

    /// <summary>Refused: a task of the same type, queue and payload holds the unique lock.</summary>
    Duplicate = 1,

    /// <summary>Refused: the queue has a task with the same id.</summary>
    IdConflict = 2,
}

/// <summary>What became of a task that was to be enqueued, without an exception for those that were refused.</summary>
public sealed class EnqueueResult
{
    internal EnqueueResult(EnqueueStatus status, TaskInfo task)
    {
        Status = status;
        Attempted = task;
    }

    /// <summary>Whether the task is stored, and if not, why.</summary>
    public EnqueueStatus Status { get; }

    /// <summary>The task as it is stored; <c>null</c> where it was refused.</summary>
    public TaskInfo? Task => Status == EnqueueStatus.Enqueued ? Attempted : null;

    /// <summary>The task as it is or would have been stored.</summary>
    internal TaskInfo Attempted { get; }
}
