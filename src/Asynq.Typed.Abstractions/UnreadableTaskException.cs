namespace Asynq.Typed;

/// <summary>A task was taken from a queue whose payload cannot be read as the type that its name stands for.</summary>
public sealed class UnreadableTaskException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="taskId">The task's id.</param>
    /// <param name="type">The task's type name on the wire.</param>
    /// <param name="reason">Which member could not be read, and why.</param>
    public UnreadableTaskException(string taskId, string type, PayloadException reason)
        : base($"The payload of task {taskId} cannot be read as '{type}': {reason?.Message}", reason)
    {
        TaskId = taskId;
        Type = type;
    }

    /// <summary>The task's id.</summary>
    public string TaskId { get; }

    /// <summary>The task's type name on the wire.</summary>
    public string Type { get; }
}
