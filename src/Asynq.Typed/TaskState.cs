namespace Asynq.Typed;

/// <summary>Where a task is in its life.</summary>
public enum TaskState
{
    /// <summary>A worker holds it.</summary>
    Active = 1,

    /// <summary>It waits for a worker.</summary>
    Pending = 2,

    /// <summary>It waits for its due time.</summary>
    Scheduled = 3,

    /// <summary>It failed and waits for its next attempt.</summary>
    Retry = 4,

    /// <summary>It failed for good, or was archived by a user.</summary>
    Archived = 5,

    /// <summary>It succeeded and is kept until its retention ends.</summary>
    Completed = 6,

    /// <summary>It waits in a group to be aggregated.</summary>
    Aggregating = 7,
}
