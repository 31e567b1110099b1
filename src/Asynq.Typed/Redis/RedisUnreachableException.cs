namespace Asynq.Typed;

/// <summary>
/// Redis could not be reached, or the connection broke before its answer came. The message names the address and the
/// reason, never a password.
/// </summary>
public sealed class RedisUnreachableException : Exception
{
    /// <summary>Makes the exception without a message of its own.</summary>
    public RedisUnreachableException()
        : base("Redis could not be reached.")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">The address and the reason, in one line, without secrets.</param>
    public RedisUnreachableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">The address and the reason, in one line, without secrets.</param>
    /// <param name="innerException">What the connection reported.</param>
    public RedisUnreachableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal RedisUnreachableException(string message, bool outcomeUnknown, Exception innerException)
        : base(message, innerException) => IsOutcomeUnknown = outcomeUnknown;

    /// <summary>
    /// Whether the call may have been carried out: it was sent, and its answer never came. Where this is <c>false</c>, nothing
    /// was done.
    /// </summary>
    public bool IsOutcomeUnknown { get; }
}
