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

    /// <summary>Refused: another scheduler has enqueued this tick.</summary>
    TickTaken,

    /// <summary>Of a batch only: the call failed, so it is not known to be stored.</summary>
    Failed,
}

/// <summary>What became of a write by the worker of an active task.</summary>
internal enum LeaseOutcome
{
    /// <summary>Written.</summary>
    Written,

    /// <summary>Nothing was written: the task is gone, or somebody else owns it.</summary>
    Lost,
}

/// <summary>What became of an aggregation.</summary>
internal enum AggregateOutcome
{
    /// <summary>The batch is enqueued and its members are gone.</summary>
    Aggregated,

    /// <summary>Nothing was written: another task holds the batch's unique lock.</summary>
    Duplicate,

    /// <summary>Nothing was written: the queue has a task with the batch's id.</summary>
    IdConflict,

    /// <summary>Nothing was written: the set was reclaimed or deleted.</summary>
    Lost,
}

/// <summary>What one fetch brought.</summary>
/// <param name="Tasks">The tasks, oldest first.</param>
/// <param name="Dropped">How many ids were dropped because their hash was gone.</param>
/// <param name="Quarantined">The ids that were archived because they could not be read.</param>
/// <param name="MayHaveMore">Whether the batch ended before it had to: the queue may have more tasks.</param>
internal sealed record FetchResult(
    IReadOnlyList<LeasedTask> Tasks, int Dropped, IReadOnlyList<string> Quarantined, bool MayHaveMore)
{
    internal static readonly FetchResult Empty = new([], 0, [], false);

    /// <summary>What else is in the queue, where that was asked for and the fetch brought nothing.</summary>
    internal QueueLook? Look { get; init; }
}

/// <summary>What a queue holds beside pending tasks.</summary>
/// <param name="NextDue">The second in which the next scheduled or retried task is due; <c>null</c> where none waits.</param>
/// <param name="FirstExpiry">When the retention of the first completed task ends; <c>null</c> where there is none.</param>
/// <param name="HasGroups">Whether tasks wait in groups or are being aggregated.</param>
internal readonly record struct QueueLook(DateTimeOffset? NextDue, DateTimeOffset? FirstExpiry, bool HasGroups);

/// <summary>What extending leases found.</summary>
/// <param name="Lost">Tasks that this process no longer owns.</param>
/// <param name="Cancelled">Tasks, extended, whose cancellation a user asked for.</param>
internal sealed record LeaseExtension(IReadOnlyList<LeasedTask> Lost, IReadOnlyList<LeasedTask> Cancelled);

/// <summary>What forwarding did.</summary>
/// <param name="Moved">How many tasks left scheduled or retry.</param>
/// <param name="NextDue">When to look again at the latest; <c>null</c> where nothing waits.</param>
internal sealed record ForwardResult(int Moved, DateTimeOffset? NextDue);
