namespace Asynq.Typed;

/// <summary>
/// A task's lease ended before its handler did: its server crashed, hung, or could not reach Redis. Another may run the
/// task by now.
/// </summary>
public sealed class LeaseExpiredException : Exception
{
    /// <summary>What asynq stores as a recovered task's error.</summary>
    internal const string Text = "asynq: task lease expired";

    internal LeaseExpiredException(Exception? innerException = null)
        : base(Text, innerException)
    {
    }
}
