using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    // The embedded server takes no greater rank of a list; no place is that long.
    private const long MostRank = int.MaxValue - 1;

    private static readonly Script ListTasksScript = Script.Load("list-tasks.lua");

    /// <summary>
    /// One page of the tasks of a state: pending, active by age, oldest first; those of a group by arrival; scheduled and
    /// retried by due time; archived and completed by time. Tasks whose message cannot be read are listed too, as
    /// <see cref="FindTaskAsync"/> shows them. A page has fewer tasks than its size where ids have no task.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">The state.</param>
    /// <param name="group">The group, where the state is aggregating; else <c>null</c>.</param>
    /// <param name="page">The page, from 0.</param>
    /// <param name="size">Tasks of a page, at least 1.</param>
    /// <param name="ct">Checked before each command.</param>
    /// <returns>The tasks; <c>null</c> where there is no such queue.</returns>
    internal async Task<IReadOnlyList<TaskInfo>?> ListTasksAsync(
        string queue, TaskState state, string? group, int page, int size, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(page);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var keys = KeysOf(queue);
        var (place, type) = state == TaskState.Active && group is null
            ? (keys.Active, "list")
            : PlaceOf(keys, state, group);
        if (!await QueueExistsAsync(queue, ct).ConfigureAwait(false))
        {
            return null;
        }

        var first = (long)page * size;
        if (first >= MostRank)
        {
            return [];
        }

        RedisValue[] args = [keys.TaskPrefix, first, Math.Min(first + size - 1, MostRank), type];
        var reply = await RunListAsync(ListTasksScript, keys, [place, keys.Lease], args, ct).ConfigureAwait(false);
        var now = Now;
        return [.. ((RedisResult[]?)reply[0] ?? []).Select(row => ListedTask(keys, state, row, now))];
    }

    /// <summary>Whether a lease, '' for none, gives its task to nobody any more.</summary>
    private static bool IsOver(RedisResult leaseExpiry, DateTimeOffset now) =>
        StoredTask.Due(leaseExpiry.ToString(), "") is not { } end || end <= now;

    private static TaskInfo ListedTask(QueueKeys queue, TaskState state, RedisResult row, DateTimeOffset now)
    {
        var fields = (RedisResult[])row!;
        var due = state switch
        {
            TaskState.Pending => (DateTimeOffset?)now,
            TaskState.Scheduled or TaskState.Retry => StoredTask.Due(fields[3].ToString(), fields[4].ToString()),
            _ => null,
        };
        return Stored(queue, fields[0].ToString(), state, fields[1], fields[2], due, fields[5]).ToInfo() with
        {
            IsOrphaned = state == TaskState.Active && IsOver(fields[3], now),
        };
    }
}
