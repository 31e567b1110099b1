using Asynq.Typed.Redis;

namespace Asynq.Typed;

public sealed partial class AsynqInspector
{
    /// <summary>The names of every queue that was ever used and not deleted since, in order.</summary>
    public async Task<IReadOnlyList<string>> ListQueuesAsync(CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(cancellationToken).ConfigureAwait(false);
        return await broker.ListQueuesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is in a queue at this moment, and an estimate of the memory that it takes.</summary>
    /// <returns>The figures; <c>null</c> where there is no such queue.</returns>
    public async Task<QueueInfo?> GetQueueAsync(string queue, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        if (await broker.CurrentStatsAsync(queue, cancellationToken).ConfigureAwait(false) is not { } info)
        {
            return null;
        }

        var memory = await broker.MemoryUsageAsync(queue, cancellationToken).ConfigureAwait(false);
        return info with { MemoryUsage = memory };
    }

    /// <summary>What a queue's workers did on the last days, today (UTC) first.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="days">How many days, 1 to 90: for as long figures are kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentOutOfRangeException">So many days cannot be asked for.</exception>
    /// <exception cref="QueueNotFoundException">There is no such queue.</exception>
    public async Task<IReadOnlyList<DailyStats>> GetHistoryAsync(
        string queue, int days, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.HistoricalStatsAsync(queue, days, cancellationToken).ConfigureAwait(false)
            ?? throw new QueueNotFoundException(queue);
    }

    /// <summary>The groups of a queue that have tasks waiting, by name.</summary>
    /// <exception cref="QueueNotFoundException">There is no such queue.</exception>
    public async Task<IReadOnlyList<GroupInfo>> ListGroupsAsync(
        string queue, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerOfExistingAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.GroupStatsAsync(queue, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Stops all servers from fetching tasks of a queue. What workers hold already goes on. As in asynq, a queue that was
    /// never used can be paused too.
    /// </summary>
    /// <returns><c>false</c> where it was paused already.</returns>
    public async Task<bool> PauseQueueAsync(string queue, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.PauseAsync(queue, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets servers fetch tasks of a queue again, and wakes them.</summary>
    /// <returns><c>false</c> where it was not paused.</returns>
    public async Task<bool> UnpauseQueueAsync(string queue, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.UnpauseAsync(queue, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Deletes a queue. As in asynq, the figures of what was processed stay, and so does a pause; the queue is there again
    /// when a task is enqueued into it.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="force">
    /// Whether to delete it with the tasks that are left, and their locks. Never with tasks that a worker holds.
    /// </param>
    /// <param name="cancellationToken">Gives up before the deletion.</param>
    /// <returns>Whether it is deleted, and if not, why: then nothing was.</returns>
    public async Task<QueueDeletion> DeleteQueueAsync(
        string queue, bool force = false, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.RemoveQueueAsync(queue, force, cancellationToken).ConfigureAwait(false) switch
        {
            QueueRemoval.Removed => QueueDeletion.Deleted,
            QueueRemoval.QueueNotFound => QueueDeletion.QueueNotFound,
            QueueRemoval.NotEmpty => QueueDeletion.NotEmpty,
            _ => QueueDeletion.HasActiveTasks,
        };
    }

    /// <summary>
    /// The Redis Cluster slot, 0 to 16383, in which all keys of a queue lie, whether or not the Redis is a cluster.
    /// </summary>
    public async Task<int> GetClusterSlotAsync(string queue, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return broker.ClusterKeySlot(queue);
    }

    /// <summary>The nodes of a Redis Cluster that hold a queue, the primary first; none where Redis is no cluster.</summary>
    public async Task<IReadOnlyList<QueueClusterNode>> ListClusterNodesAsync(
        string queue, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        var nodes = await broker.ClusterNodesAsync(queue, cancellationToken).ConfigureAwait(false);
        return [.. nodes.Select(node => new QueueClusterNode(node.Id, node.Address, node.IsReplica))];
    }
}
