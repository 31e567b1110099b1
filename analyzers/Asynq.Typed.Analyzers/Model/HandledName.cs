namespace Asynq.Typed.Analyzers.Model;

/// <summary>A task that an assembly handles, as far as others need to know.</summary>
/// <param name="taskType">The task's name on the wire.</param>
/// <param name="handler">The handler's full name.</param>
internal readonly struct HandledName(string taskType, string handler)
{
    internal string TaskType { get; } = taskType;

    internal string Handler { get; } = handler;
}
