namespace Asynq.Typed;

/// <summary>
/// Thrown by a handler whose task cannot succeed, however often it is tried: the task is archived at once, whatever
/// retries it has left. It may be thrown itself or be the inner exception of another.
/// </summary>
public sealed class SkipRetryException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Why another attempt is of no use. Stored with the task.</param>
    public SkipRetryException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the error that led to it.</summary>
    public SkipRetryException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
