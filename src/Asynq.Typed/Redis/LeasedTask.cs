namespace Asynq.Typed.Redis;

/// <summary>A task that this process fetched, and what it needs to prove that the task is still its own.</summary>
/// <param name="message">The task as it was fetched.</param>
/// <param name="owner">
/// The token that dequeue wrote; empty for a call that is not to be fenced (inspection, replayed recordings).
/// </param>
/// <param name="leaseExpiry">When the lease that dequeue asked for ends.</param>
internal sealed class LeasedTask(TaskMessage message, string owner, DateTimeOffset leaseExpiry)
{
    private readonly long _pendingTicks;
    private long _leaseTicks = leaseExpiry.UtcTicks;
    private Task _extending = Task.CompletedTask;
    private volatile bool _replyMissed;
    private volatile bool _lost;

    internal TaskMessage Message { get; } = message;

    internal string Owner { get; } = owner;

    internal string Id => Message.Id;

    /// <summary>
    /// Since when it was pending, by the clock of whoever made it so; <c>null</c> where that is not known.
    /// </summary>
    internal DateTimeOffset? PendingSince
    {
        get => _pendingTicks == 0 ? null : new DateTimeOffset(_pendingTicks, TimeSpan.Zero);
        init => _pendingTicks = value?.UtcTicks ?? 0;
    }

    /// <summary>
    /// The latest expiry that this process may have been granted: by an answer, or by a call whose answer never came. Not one
    /// that it has just asked for: until the answer is there, a later lease may be that of another worker.
    /// </summary>
    internal DateTimeOffset LeaseExpiry => new(Interlocked.Read(ref _leaseTicks), TimeSpan.Zero);

    /// <summary>
    /// A final write was sent and its reply never came: the write may have been done. From then on <em>lost</em> means that
    /// it was.
    /// </summary>
    internal bool ReplyMissed => _replyMissed;

    /// <summary>
    /// Redis said that the task is another's. That is final: the expiry asked for on that occasion proves nothing.
    /// </summary>
    internal bool IsLost => _lost;

    /// <summary>Completes when no extension of the lease is on its way any more, and what came of it is noted.</summary>
    internal Task Extending => Volatile.Read(ref _extending);

    /// <summary>An extension is sent; <paramref name="answered"/> completes when its end is noted.</summary>
    internal void BeginExtension(Task answered) => Volatile.Write(ref _extending, answered);

    /// <summary>Notes an expiry that was granted, or may have been.</summary>
    internal void Grant(DateTimeOffset expiry)
    {
        var granted = expiry.UtcTicks;
        var known = Interlocked.Read(ref _leaseTicks);
        while (granted > known)
        {
            var seen = Interlocked.CompareExchange(ref _leaseTicks, granted, known);
            if (seen == known)
            {
                return;
            }

            known = seen;
        }
    }

    internal void MissReply() => _replyMissed = true;

    internal void Lose() => _lost = true;
}
