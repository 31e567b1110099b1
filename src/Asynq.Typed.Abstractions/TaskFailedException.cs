namespace Asynq.Typed;

/// <summary>
/// Thrown by a handler for a failure that it foresaw, such as a service that is busy. The task is retried as after any other
/// exception; an error handler can tell it from those that nobody expected.
/// </summary>
public sealed class TaskFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong. Stored with the task.</param>
    public TaskFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the error that led to it.</summary>
    public TaskFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
