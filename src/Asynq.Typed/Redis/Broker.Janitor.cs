using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private const int GroupsPerSweep = 100;

    private static readonly Script DeleteExpiredScript = Script.Load("delete-expired.lua");
    private static readonly Script RemoveEmptyGroupsScript = Script.Load("remove-empty-groups.lua");

    /// <summary>Deletes the completed tasks of a queue whose retention has ended.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="batchSize">How many one script call takes, at least 1; calls are repeated until none is left.</param>
    /// <param name="ct">Stops between calls.</param>
    /// <returns>How many were taken.</returns>
    internal async Task<long> DeleteExpiredCompletedTasksAsync(string queue, int batchSize, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        var keys = KeysOf(queue);
        var deleted = 0L;
        long taken;
        do
        {
            RedisValue[] args = [keys.TaskPrefix, UnixSeconds(Now), batchSize];
            var reply = await RunListAsync(DeleteExpiredScript, keys, [keys.Completed], args, ct).ConfigureAwait(false);
            taken = (long)reply[0];
            deleted += taken;
        }
        while (taken == batchSize);
        return deleted;
    }

    /// <summary>Removes the names of groups under which nothing waits and nothing is being aggregated.</summary>
    /// <returns>How many.</returns>
    internal async Task<long> RemoveEmptyGroupsAsync(string queue, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var keys = KeysOf(queue);
        var names = await CallAsync(database => database.SetMembersAsync(keys.Groups, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        var removed = 0L;
        foreach (var sweep in names.Chunk(GroupsPerSweep))
        {
            RedisValue[] args = [keys.GroupPrefix, .. sweep];
            var reply = await RunListAsync(
                    RemoveEmptyGroupsScript, keys, [keys.Groups, keys.AggregationSets], args, ct)
                .ConfigureAwait(false);
            removed += (long)reply[0];
        }

        return removed;
    }
}
