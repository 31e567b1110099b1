namespace Asynq.Typed;

/// <summary>
/// A task has a payload that cannot be read as the type that its name stands for, or a result that is not one of that task.
/// </summary>
public sealed class UnreadableTaskException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="taskId">The task's id.</param>
    /// <param name="type">The task's type name on the wire.</param>
    /// <param name="reason">Which member could not be read, and why.</param>
    public UnreadableTaskException(string taskId, string type, PayloadException reason)
        : this(taskId, type, $"The payload of task {taskId} cannot be read as '{type}': {reason?.Message}", reason)
    {
    }

    private UnreadableTaskException(string taskId, string type, string message, PayloadException? reason)
        : base(message, reason)
    {
        TaskId = taskId;
        Type = type;
    }

    /// <summary>The task's id.</summary>
    public string TaskId { get; }

    /// <summary>The task's type name on the wire.</summary>
    public string Type { get; }

    internal static UnreadableTaskException ForResult(string taskId, string type, PayloadException reason) =>
        new(taskId, type, $"The result of task {taskId} cannot be read as that of a '{type}': {reason.Message}", reason);
}
