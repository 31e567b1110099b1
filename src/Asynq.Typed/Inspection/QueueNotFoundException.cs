namespace Asynq.Typed;

/// <summary>There is no such queue: no task was ever enqueued into it, or it was deleted since.</summary>
public sealed class QueueNotFoundException : Exception
{
    internal QueueNotFoundException(string queue)
        : base($"Queue '{queue}' is not known to this Redis: no task was ever enqueued into it, or it was deleted. Check its "
            + "name against ListQueuesAsync.") => Queue = queue;

    /// <summary>The name that was asked for.</summary>
    public string Queue { get; }
}
