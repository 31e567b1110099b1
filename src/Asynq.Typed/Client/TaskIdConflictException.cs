namespace Asynq.Typed;

/// <summary>A task was refused: its queue has a task with the same id.</summary>
public sealed class TaskIdConflictException : Exception
{
    internal TaskIdConflictException(string queue, string taskId)
        : base($"Queue '{queue}' already has a task with the id '{taskId}'. Give another TaskId, or none. "
            + "TryEnqueueAsync reports this without an exception.")
    {
        Queue = queue;
        TaskId = taskId;
    }

    /// <summary>The queue that refused the task.</summary>
    public string Queue { get; }

    /// <summary>The id that is taken.</summary>
    public string TaskId { get; }
}
