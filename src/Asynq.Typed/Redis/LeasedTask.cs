namespace Asynq.Typed.Redis;

/// <summary>A task that this process fetched, and what it needs to prove that the task is still its own.</summary>
/// <param name="message">The task as it was fetched.</param>
/// <param name="owner">
/// The token that dequeue wrote; empty for a call that is not to be fenced (inspection, replayed recordings).
/// </param>
/// <param name="leaseExpiry">When the lease that dequeue asked for ends.</param>
internal sealed class LeasedTask(TaskMessage message, string owner, DateTimeOffset leaseExpiry)
{
    private long _leaseTicks = leaseExpiry.UtcTicks;
    private volatile bool _replyMissed;
    private volatile bool _lost;

    internal TaskMessage Message { get; } = message;

    internal string Owner { get; } = owner;

    internal string Id => Message.Id;

    /// <summary>
    /// Since when it was pending, by the clock of whoever made it so; <c>null</c> where that is not known.
    /// </summary>
    internal DateTimeOffset? PendingSince { get; init; }

    /// <summary>The latest expiry that this process ever asked for, whether or not an answer came.</summary>
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

    /// <summary>Notes an expiry before it is asked for.</summary>
    /// <returns>What was noted before.</returns>
    internal DateTimeOffset AskLease(DateTimeOffset expiry)
    {
        var asked = expiry.UtcTicks;
        var known = Interlocked.Read(ref _leaseTicks);
        while (asked > known)
        {
            var seen = Interlocked.CompareExchange(ref _leaseTicks, asked, known);
            if (seen == known)
            {
                break;
            }

            known = seen;
        }

        return new DateTimeOffset(known, TimeSpan.Zero);
    }

    /// <summary>Takes back an expiry that was noted, but not asked for: nobody holds a lease that long.</summary>
    internal void WithdrawLease(DateTimeOffset expiry, DateTimeOffset before) =>
        Interlocked.CompareExchange(ref _leaseTicks, before.UtcTicks, expiry.UtcTicks);

    internal void MissReply() => _replyMissed = true;

    internal void Lose() => _lost = true;
}
