namespace Asynq.Typed.Redis;

/// <summary>What one fault is told by to several callers: each gets an exception of its own, for it is thrown to each.</summary>
internal static class EnqueueFault
{
    /// <summary>The same, for another of the call's callers. What is of no type of ours is told as it is.</summary>
    internal static Exception Copy(Exception fault) => fault switch
    {
        RedisUnreachableException unreachable => new RedisUnreachableException(
            unreachable.Message, unreachable.IsOutcomeUnknown, unreachable),
        RedisRefusedException refused => new RedisRefusedException(refused.Message, refused.Passes, refused),
        ObjectDisposedException disposed => new ObjectDisposedException(disposed.Message, disposed),
        _ when fault.GetType() == typeof(InvalidOperationException) => new InvalidOperationException(fault.Message, fault),
        _ => fault,
    };

    /// <summary>What somebody hears whose task was not sent, because the call before it failed.</summary>
    internal static Exception OfUnsent(Exception fault) => fault is RedisUnreachableException { IsOutcomeUnknown: true }
        ? new RedisUnreachableException(
            $"The task was not sent, because the enqueue before it failed: {fault.Message}", outcomeUnknown: false, fault)
        : Copy(fault);
}
