namespace Asynq.Typed;

/// <summary>What is in a queue at one moment.</summary>
public sealed record QueueInfo
{
    /// <summary>The queue's name.</summary>
    public required string Name { get; init; }

    /// <summary>Tasks of every state: the sum of the seven counts below.</summary>
    public long Size => Pending + Active + Scheduled + Retry + Archived + Completed + Aggregating;

    /// <summary>Tasks that wait for a worker.</summary>
    public long Pending { get; init; }

    /// <summary>Tasks that a worker holds.</summary>
    public long Active { get; init; }

    /// <summary>Tasks that wait for their due time.</summary>
    public long Scheduled { get; init; }

    /// <summary>Tasks that failed and wait for their next attempt.</summary>
    public long Retry { get; init; }

    /// <summary>Tasks that failed for good, or were archived by a user.</summary>
    public long Archived { get; init; }

    /// <summary>Tasks that succeeded and are kept until their retention ends.</summary>
    public long Completed { get; init; }

    /// <summary>Tasks that wait in a group.</summary>
    public long Aggregating { get; init; }

    /// <summary>Groups with tasks waiting.</summary>
    public long Groups { get; init; }

    /// <summary>How long the oldest pending task has waited; zero where none is pending.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Attempts that ended today (UTC), failed ones included.</summary>
    public long Processed { get; init; }

    /// <summary>Attempts that failed today (UTC).</summary>
    public long Failed { get; init; }

    /// <summary>Attempts that ever ended, failed ones included.</summary>
    public long ProcessedTotal { get; init; }

    /// <summary>Attempts that ever failed.</summary>
    public long FailedTotal { get; init; }

    /// <summary>Whether the queue is paused: nothing is fetched from it.</summary>
    public bool IsPaused => PausedSince is not null;

    /// <summary>When the queue was paused; <c>null</c> where it is not.</summary>
    public DateTimeOffset? PausedSince { get; init; }

    /// <summary>
    /// Roughly how many bytes of Redis' memory the queue takes, by samples of its tasks; <c>null</c> where the server cannot
    /// tell.
    /// </summary>
    public long? MemoryUsage { get; init; }

    /// <summary>When this was read.</summary>
    public DateTimeOffset Timestamp { get; init; }
}
