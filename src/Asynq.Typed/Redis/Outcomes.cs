namespace Asynq.Typed.Redis;

/// <summary>What became of a task that was to be added to a queue.</summary>
internal enum EnqueueOutcome
{
    /// <summary>It is stored.</summary>
    Enqueued,

    /// <summary>Refused: another task holds its unique lock.</summary>
    Duplicate,

    /// <summary>Refused: the queue has a task with its id.</summary>
    IdConflict,
}

/// <summary>What became of a write by the worker of an active task.</summary>
internal enum LeaseOutcome
{
    /// <summary>Written.</summary>
    Written,

    /// <summary>Nothing was written: the task is gone, or somebody else owns it.</summary>
    Lost,
}
