namespace Asynq.Typed;

/// <summary>
/// How one task is enqueued. What is left <c>null</c> is as the task's <see cref="AsynqTaskAttribute"/> says.
/// </summary>
public sealed record EnqueueOptions
{
    /// <summary>The queue. Not blank, without braces. Default: the task type's.</summary>
    public string? Queue { get; init; }

    /// <summary>
    /// How often a failed task is tried again before it is archived; 0 tries once. Less is an error: asynq takes it for 0.
    /// Default: the task type's.
    /// </summary>
    public int? MaxRetry { get; init; }

    /// <summary>
    /// How long one attempt may take, in whole seconds: a fraction is cut off. Zero means no limit of its own: 30 minutes
    /// where there is no <see cref="Deadline"/> either. Default: the task type's.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// When the task must be done, in whole seconds. Where there is a timeout too, the earlier of the two ends an attempt.
    /// Default: none.
    /// </summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// How long to wait before the task runs. Zero or less runs it now. Beside <see cref="ProcessAt"/> it is an error: of asynq's
    /// options the last one counts, and here none is the last.
    /// </summary>
    public TimeSpan? ProcessIn { get; init; }

    /// <summary>When the task is to run. A time in the past runs it now. An error beside <see cref="ProcessIn"/>.</summary>
    public DateTimeOffset? ProcessAt { get; init; }

    /// <summary>The task's id, unique within its queue. Not blank. Default: a random UUID.</summary>
    public string? TaskId { get; init; }

    /// <summary>
    /// How long the completed task and its result are kept, in whole seconds: a fraction is cut off. Zero deletes it at once.
    /// Default: the task type's.
    /// </summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>
    /// How long a second task of the same type, queue and payload (or <see cref="UniqueKeyAttribute"/> members) is refused,
    /// counted from the time at which this one is due; the lock goes earlier when the task is done. At least one second. Zero:
    /// not unique. Default: the task type's.
    /// </summary>
    public TimeSpan? UniqueFor { get; init; }

    /// <summary>The group in which the task waits to be aggregated with others. Not blank. Default: none.</summary>
    public string? Group { get; init; }

    /// <summary>
    /// Headers that go with the task and that its handler sees. <c>asynq-payload</c> is refused: it says what transforms a
    /// payload went through. Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>
    /// Whether the payload goes through the transforms (compression, encryption) that are configured. <c>false</c> for a typed
    /// task that a Go process reads. Default: yes for a typed task, no for a raw one.
    /// </summary>
    public bool? TransformPayload { get; init; }
}
