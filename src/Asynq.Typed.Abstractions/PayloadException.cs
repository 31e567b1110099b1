namespace Asynq.Typed;

/// <summary>A payload that cannot be written or read. The message names the member and the reason.</summary>
public sealed class PayloadException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PayloadException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the error that led to it.</summary>
    public PayloadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
