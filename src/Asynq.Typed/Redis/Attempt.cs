namespace Asynq.Typed.Redis;

/// <summary>How an attempt ends.</summary>
internal enum AttemptEnd
{
    /// <summary>Done without trace.</summary>
    Done,

    /// <summary>Done and kept for its retention.</summary>
    Complete,

    /// <summary>To be tried again later.</summary>
    Retry,

    /// <summary>Failed for good.</summary>
    Archive,

    /// <summary>Given back to the head of the queue; spends no attempt.</summary>
    Requeue,
}

/// <summary>One ended attempt, to be written alone or with others of its queue.</summary>
/// <param name="Task">The task.</param>
/// <param name="End">How the attempt ended.</param>
internal readonly record struct Attempt(LeasedTask Task, AttemptEnd End)
{
    /// <summary>When a retry is due.</summary>
    internal DateTimeOffset ProcessAt { get; init; }

    /// <summary>What went wrong, for a retry or an archived task.</summary>
    internal string? Error { get; init; }

    /// <summary>Whether a retry counts as a failure: in the task and in the figures.</summary>
    internal bool IsFailure { get; init; }
}
