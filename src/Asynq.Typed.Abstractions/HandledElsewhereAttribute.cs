namespace Asynq.Typed;

/// <summary>
/// Says that a task has its handler in another application, so that this one need not have one. Only analyzers read it:
/// they then leave the task alone where a server is configured (ASQ2002) and where it is enqueued (ASQ3006).
/// </summary>
/// <param name="task">The task's type.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class HandledElsewhereAttribute(Type task) : Attribute
{
    /// <summary>The task's type.</summary>
    public Type Task { get; } = task;
}
