namespace Asynq.Typed;

/// <summary>
/// A task's lease ended before its handler did: its server crashed, hung, or could not reach Redis. Another may run the
/// task by now.
/// </summary>
public sealed class LeaseExpiredException : Exception
{
    internal LeaseExpiredException(Exception? innerException = null)
        : base("asynq: task lease expired", innerException)
    {
    }
}
