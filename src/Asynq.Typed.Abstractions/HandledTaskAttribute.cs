namespace Asynq.Typed;

/// <summary>
/// Says that this assembly handles a task type. Emitted by the generator, once for each handler; only analyzers read it, in
/// the assemblies that refer to this one, where a handler that is internal cannot be seen otherwise.
/// </summary>
/// <param name="taskType">The task's name on the wire.</param>
/// <param name="handler">The handler's full name, as C# writes it without <c>global::</c>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class HandledTaskAttribute(string taskType, string handler) : Attribute
{
    /// <summary>The task's name on the wire.</summary>
    public string TaskType { get; } = taskType;

    /// <summary>The handler's full name.</summary>
    public string Handler { get; } = handler;
}
