namespace Asynq.Typed;

/// <summary>An entry of a live scheduler, as its last heartbeat tells.</summary>
public sealed record SchedulerEntryReport
{
    /// <summary>The entry's id.</summary>
    public required string Id { get; init; }

    /// <summary>When it enqueues: a cron spec, or <c>@every</c> with a duration.</summary>
    public required string Schedule { get; init; }

    /// <summary>The task's type name on the wire.</summary>
    public required string TaskType { get; init; }

    /// <summary>
    /// The task's payload as it is serialized; empty where its tasks are encrypted. For people to read:
    /// <see cref="AsynqInspector.ViewPayload(SchedulerEntryReport)"/>.
    /// </summary>
    public ReadOnlyMemory<byte> TaskPayload { get; init; }

    /// <summary>How the task is enqueued, as asynq shows it: <c>Queue("low")</c>.</summary>
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>When it enqueues next; <c>null</c> where it did not say, or never does.</summary>
    public DateTimeOffset? NextEnqueueAt { get; init; }

    /// <summary>When it enqueued last; <c>null</c> where it has not yet.</summary>
    public DateTimeOffset? PreviousEnqueueAt { get; init; }
}

/// <summary>One enqueue of a scheduler's entry.</summary>
/// <param name="TaskId">The id of the task.</param>
/// <param name="EnqueuedAt">When; <c>null</c> where the scheduler did not say.</param>
public sealed record SchedulerEventReport(string TaskId, DateTimeOffset? EnqueuedAt);
