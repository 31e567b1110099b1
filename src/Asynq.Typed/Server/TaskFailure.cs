namespace Asynq.Typed;

/// <summary>An attempt that failed, as an error handler sees it.</summary>
public sealed class TaskFailure
{
    internal TaskFailure(TaskContext context, Exception exception, bool isUnexpected)
    {
        Context = context;
        Exception = exception;
        IsUnexpected = isUnexpected;
    }

    /// <summary>The attempt.</summary>
    public TaskContext Context { get; }

    /// <summary>Why it failed.</summary>
    public Exception Exception { get; }

    /// <summary>
    /// Whether the handler threw something that it did not foresee, where asynq speaks of a panic: anything but
    /// <see cref="TaskFailedException"/>, <see cref="SkipRetryException"/> and <see cref="RevokeTaskException"/>, at any depth, and
    /// what the server itself ends an attempt for.
    /// </summary>
    public bool IsUnexpected { get; }
}
