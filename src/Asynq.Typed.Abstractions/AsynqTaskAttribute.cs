using Asynq.Typed.Rules;

namespace Asynq.Typed;

/// <summary>
/// Declares a type as the payload of a task. The type must be <c>partial</c>: a source generator adds
/// <see cref="IAsynqTask{TSelf}"/> to it.
/// </summary>
/// <param name="type">The task's type name on the wire, such as <c>email:welcome</c>. Not blank. It stays the same
/// when the C# type is renamed.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class AsynqTaskAttribute(string type) : Attribute
{
    /// <summary>The task's type name on the wire.</summary>
    public string Type { get; } = type;

    /// <summary>The queue that takes the task unless an enqueue says otherwise. Default: <c>default</c>.</summary>
    public string Queue { get; set; } = QueueName.Default;

    /// <summary>How often a failed task is tried again before it is archived. Default: 25; 0 tries once.</summary>
    public int MaxRetry { get; set; } = TaskLimits.DefaultMaxRetry;

    /// <summary>
    /// Seconds that one attempt may take. Default: 0, which means 30 minutes where the enqueue gives no deadline.
    /// Whole seconds, because the wire format has no smaller unit.
    /// </summary>
    public int TimeoutSeconds { get; set; }

    /// <summary>Seconds for which a completed task and its result are kept. Default: 0, deleted at once.</summary>
    public int RetentionSeconds { get; set; }

    /// <summary>
    /// Seconds for which a second task of the same type, queue and payload is refused. Default: 0, not unique.
    /// </summary>
    public int UniqueForSeconds { get; set; }

    /// <summary>How the payload is written. Default: <see cref="PayloadFormat.MessagePack"/>.</summary>
    public PayloadFormat Format { get; set; }

    /// <summary>How members without a key of their own are called in the payload. Default:
    /// <see cref="PayloadNaming.Declared"/>, as in C#.</summary>
    public PayloadNaming Naming { get; set; }

    /// <summary>
    /// What its handler returns, of any type that a payload's member can have: the generator then makes it readable by
    /// <c>TaskInfo.ReadResult</c>, and stops the build where a handler of it returns another type. Default: <c>null</c>, not said.
    /// </summary>
    public Type? Result { get; set; }
}
