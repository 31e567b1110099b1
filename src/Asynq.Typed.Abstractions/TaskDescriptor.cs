using Asynq.Typed.Rules;

namespace Asynq.Typed;

/// <summary>What is known of a task type at build time: its name on the wire and its defaults.</summary>
/// <param name="type">The type name on the wire. Not blank.</param>
public sealed class TaskDescriptor(string type)
{
    /// <summary>The type name on the wire, such as <c>email:welcome</c>.</summary>
    public string Type { get; } = type;

    /// <summary>The queue of a task whose enqueue names none. Default: <c>default</c>.</summary>
    public string Queue { get; init; } = QueueName.Default;

    /// <summary>How often a failed task is tried again before it is archived. Default: 25.</summary>
    public int MaxRetry { get; init; } = TaskLimits.DefaultMaxRetry;

    /// <summary>How long one attempt may take, in whole seconds. Default: zero, which means 30 minutes where the
    /// enqueue gives no deadline.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>How long a completed task and its result are kept. Default: zero, deleted at once.</summary>
    public TimeSpan Retention { get; init; }

    /// <summary>How long a second task of the same type, queue and payload is refused. Default: zero, not unique.</summary>
    public TimeSpan UniqueFor { get; init; }
}
