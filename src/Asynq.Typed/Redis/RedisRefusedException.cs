namespace Asynq.Typed;

/// <summary>
/// Redis answered, and refused the call because of its own state or the user's rights: nothing was done. The message names
/// the address, the reason and the remedy, never a password.
/// </summary>
public sealed class RedisRefusedException : Exception
{
    /// <summary>Makes the exception without a message of its own.</summary>
    public RedisRefusedException()
        : base("Redis refused the call.")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">The address, the reason and the remedy, in one line, without secrets.</param>
    public RedisRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">The address, the reason and the remedy, in one line, without secrets.</param>
    /// <param name="innerException">What Redis answered.</param>
    public RedisRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal RedisRefusedException(string message, bool passes, Exception innerException)
        : base(message, innerException) => Passes = passes;

    /// <summary>Whether the reason goes by without anybody's doing: a data set being loaded, a failover.</summary>
    internal bool Passes { get; }
}
