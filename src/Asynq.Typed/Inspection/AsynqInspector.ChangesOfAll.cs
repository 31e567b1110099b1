namespace Asynq.Typed;

public sealed partial class AsynqInspector
{
    /// <summary>Makes every task of a state pending now, those that are due first in front.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">Scheduled, retry, archived, completed, or aggregating.</param>
    /// <param name="group">The group, where the state is aggregating; else <c>null</c>.</param>
    /// <param name="cancellationToken">Stops between calls of 1,000 tasks: what is done stays done.</param>
    /// <returns>How many were moved. Those that came meanwhile may be left.</returns>
    /// <exception cref="ArgumentException">Tasks of this state cannot be run, or the group does not fit it.</exception>
    /// <exception cref="QueueNotFoundException">There is no such queue.</exception>
    public async Task<long> RunAllTasksAsync(
        string queue, TaskState state, string? group = null, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.RunAllAsync(queue, state, group, cancellationToken).ConfigureAwait(false)
            ?? throw new QueueNotFoundException(queue);
    }

    /// <summary>Archives every task of a state. The archive is held to 10,000 tasks and 90 days: the oldest go.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">Pending, scheduled, retry, completed, or aggregating.</param>
    /// <param name="group">The group, where the state is aggregating; else <c>null</c>.</param>
    /// <param name="cancellationToken">Stops between calls of 1,000 tasks: what is done stays done.</param>
    /// <returns>How many were moved. Those that came meanwhile may be left.</returns>
    /// <exception cref="ArgumentException">Tasks of this state cannot be archived, or the group does not fit it.</exception>
    /// <exception cref="QueueNotFoundException">There is no such queue.</exception>
    public async Task<long> ArchiveAllTasksAsync(
        string queue, TaskState state, string? group = null, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.ArchiveAllAsync(queue, state, group, cancellationToken).ConfigureAwait(false)
            ?? throw new QueueNotFoundException(queue);
    }

    /// <summary>Deletes every task of a state, and their unique locks.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">Any but active.</param>
    /// <param name="group">The group, where the state is aggregating; else <c>null</c>.</param>
    /// <param name="cancellationToken">Stops between calls of 1,000 tasks: what is done stays done.</param>
    /// <returns>How many were deleted. Those that came meanwhile may be left.</returns>
    /// <exception cref="ArgumentException">Tasks of this state cannot be deleted, or the group does not fit it.</exception>
    /// <exception cref="QueueNotFoundException">There is no such queue.</exception>
    public async Task<long> DeleteAllTasksAsync(
        string queue, TaskState state, string? group = null, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.DeleteAllAsync(queue, state, group, cancellationToken).ConfigureAwait(false)
            ?? throw new QueueNotFoundException(queue);
    }

    /// <summary>
    /// Asks the workers that hold tasks of a queue at this moment to stop; see <see cref="CancelTaskAsync"/>. Pause the queue
    /// before, if no further task is to begin.
    /// </summary>
    /// <returns>For how many tasks it was asked.</returns>
    /// <exception cref="QueueNotFoundException">There is no such queue.</exception>
    public async Task<long> CancelAllTasksAsync(string queue, CancellationToken cancellationToken = default)
    {
        var broker = await BrokerOfExistingAsync(queue, cancellationToken).ConfigureAwait(false);
        var ids = await broker.ListActiveIdsAsync(queue, cancellationToken).ConfigureAwait(false);
        foreach (var id in ids)
        {
            await broker.CancelAsync(queue, id, cancellationToken).ConfigureAwait(false);
        }

        return ids.Count;
    }
}
