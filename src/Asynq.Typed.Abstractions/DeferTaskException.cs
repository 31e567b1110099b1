namespace Asynq.Typed;

/// <summary>
/// Thrown by a handler or middleware whose task cannot run now, for want of something that others use: the task waits in the
/// state <c>retry</c> and is tried again later. No retry is spent, even where the task has none left; nothing counts as failed,
/// and the error handler is not told. It may be thrown itself or be the inner exception of another.
/// </summary>
/// <remarks>
/// The reason is stored with the task. A task that a user cancels meanwhile is archived all the same, and one whose server
/// shuts down goes back to its queue at once.
/// </remarks>
public sealed class DeferTaskException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="delay">How long the task waits. Negative: not at all. More than ten years: ten years.</param>
    /// <param name="reason">Why it cannot run now.</param>
    public DeferTaskException(TimeSpan delay, string reason)
        : this(delay, reason, null)
    {
    }

    /// <summary>Creates the exception with the error that led to it.</summary>
    /// <inheritdoc cref="DeferTaskException(TimeSpan, string)"/>
    public DeferTaskException(TimeSpan delay, string reason, Exception? innerException)
        : base(reason, innerException) => Delay = delay;

    /// <summary>How long the task waits.</summary>
    public TimeSpan Delay { get; }
}
