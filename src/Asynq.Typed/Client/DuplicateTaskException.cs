namespace Asynq.Typed;

/// <summary>A unique task was refused: a task of the same type, queue and payload holds the lock.</summary>
public sealed class DuplicateTaskException : Exception
{
    internal DuplicateTaskException(string queue, string type)
        : base($"Queue '{queue}' already has a task of type '{type}' with the same payload, which is unique until it is "
            + "done or its lock expires. TryEnqueueAsync reports this without an exception.")
    {
        Queue = queue;
        Type = type;
    }

    /// <summary>The queue that refused the task.</summary>
    public string Queue { get; }

    /// <summary>The task's type name on the wire.</summary>
    public string Type { get; }
}
