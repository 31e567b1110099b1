namespace Asynq.Typed;

/// <summary>An attempt that failed, as an error handler sees it.</summary>
public sealed class TaskFailure
{
    internal TaskFailure(TaskContext context, Exception exception)
    {
        Context = context;
        Exception = exception;
    }

    /// <summary>The attempt.</summary>
    public TaskContext Context { get; }

    /// <summary>Why it failed.</summary>
    public Exception Exception { get; }
}
