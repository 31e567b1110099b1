namespace Asynq.Typed.Redis;

/// <summary>What became of a user's request to run, archive, delete or change a task. Refused, nothing was written.</summary>
internal enum InspectOutcome
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>Refused: there is no such queue.</summary>
    QueueNotFound,

    /// <summary>Refused: the queue has no such task.</summary>
    TaskNotFound,

    /// <summary>Refused: a worker holds the task. Cancel it.</summary>
    Active,

    /// <summary>Refused: the task is pending already.</summary>
    AlreadyPending,

    /// <summary>Refused: the task is archived already.</summary>
    AlreadyArchived,

    /// <summary>
    /// Refused: the task is not where its state says. It is being aggregated, or its records in Redis disagree.
    /// </summary>
    Misplaced,

    /// <summary>Refused: only a scheduled task can be changed.</summary>
    NotScheduled,

    /// <summary>Refused: only a task that is scheduled or to be retried has a due time.</summary>
    NotWaiting,

    /// <summary>Refused: only an archived task can be requeued.</summary>
    NotArchived,

    /// <summary>Refused: the task's message cannot be read, so no part of it can be replaced.</summary>
    Unreadable,
}

/// <summary>What became of a request to remove a queue. Refused, nothing was removed.</summary>
internal enum QueueRemoval
{
    /// <summary>It is removed.</summary>
    Removed,

    /// <summary>Refused: there is no such queue.</summary>
    QueueNotFound,

    /// <summary>Refused: the queue has tasks, and removal was not forced.</summary>
    NotEmpty,

    /// <summary>Refused: workers hold tasks of the queue.</summary>
    HasActiveTasks,
}

/// <summary>What a search for a task found.</summary>
/// <param name="QueueExists">Whether there is such a queue.</param>
/// <param name="Task">The task; <c>null</c> where there is none.</param>
internal readonly record struct TaskSearch(bool QueueExists, TaskInfo? Task);

/// <summary>A server that has written its state lately.</summary>
/// <param name="Info">What asynq's servers say of themselves.</param>
/// <param name="Detail">What this project's servers add; <c>null</c> for a Go server.</param>
internal sealed record LiveServer(ServerInfo Info, ServerDetail? Detail);

/// <summary>A node of a Redis Cluster that holds a queue.</summary>
/// <param name="Id">Its id in the cluster.</param>
/// <param name="Address">Where it is reached: <c>host:port</c>.</param>
/// <param name="IsReplica">Whether it copies another node.</param>
internal sealed record QueueNode(string Id, string Address, bool IsReplica);
