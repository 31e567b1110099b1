using System.Net;

namespace Asynq.Typed.Redis;

/// <summary>How many replicas are to confirm what was written, and how long is waited for them.</summary>
internal sealed record ReplicaWait(int Replicas, TimeSpan Timeout)
{
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentOutOfRangeException">Less than one replica, or less than a millisecond.</exception>
    internal static ReplicaWait For(int replicas, TimeSpan? timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);

        // Redis takes 0 for "for ever".
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout ?? DefaultTimeout, TimeSpan.FromMilliseconds(1), nameof(timeout));
        return new ReplicaWait(replicas, timeout ?? DefaultTimeout);
    }
}

/// <summary>
/// By which connection to which life of which node something is written. A connection's id is given once in the life of a
/// server, and the replication id is another after each start and each promotion.
/// </summary>
/// <param name="Node">The node.</param>
/// <param name="Connection">Its id of our connection.</param>
/// <param name="History">Its replication id.</param>
internal sealed record WritePath(EndPoint Node, long Connection, string History);

/// <summary>What is known of the replicas after a write.</summary>
/// <param name="Confirmed">How many have it for certain.</param>
/// <param name="Doubt">Why that cannot be told; <c>null</c> where it can.</param>
internal readonly record struct ReplicaCount(int Confirmed, string? Doubt);
