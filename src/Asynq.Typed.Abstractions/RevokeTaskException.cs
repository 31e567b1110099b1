namespace Asynq.Typed;

/// <summary>
/// Thrown by a handler whose task is to be dropped: it is neither retried nor archived, leaves no result and counts as
/// processed. It may be thrown itself or be the inner exception of another.
/// </summary>
public sealed class RevokeTaskException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Why the task is dropped. It is logged.</param>
    public RevokeTaskException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the error that led to it.</summary>
    public RevokeTaskException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
