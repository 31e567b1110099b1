using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    // Beyond these, requeued tasks in front of the one that is looked for would make the walk begin again.
    private const int WalkSlack = 1_000;

    private static readonly Script WalkTasksScript = Script.Load("walk-tasks.lua");

    /// <summary>
    /// Every task of a state, in the order of <see cref="ListTasksAsync"/>, none passed over that is there all the while.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">The state.</param>
    /// <param name="group">The group, where the state is aggregating; else <c>null</c>.</param>
    /// <param name="size">Tasks of one call, at least 1.</param>
    /// <param name="ct">Checked before each command.</param>
    internal async IAsyncEnumerable<TaskInfo> WalkTasksAsync(
        string queue, TaskState state, string? group, int size, [EnumeratorCancellation] CancellationToken ct)
    {
        var keys = KeysOf(queue);
        var (place, type) = state == TaskState.Active && group is null
            ? (keys.Active, "list")
            : PlaceOf(keys, state, group);
        var trail = new WalkTrail();
        while (true)
        {
            RedisValue[] args = [keys.TaskPrefix, type, size, trail.Reached + size + WalkSlack, .. trail.Known()];
            var reply = await RunListAsync(WalkTasksScript, keys, [place, keys.Lease], args, ct).ConfigureAwait(false);
            string[] ids = [.. ((RedisResult[]?)reply[0] ?? []).Select(id => id.ToString())];
            var now = Now;
            var rows = ((RedisResult[]?)reply[1] ?? []).Select(row => ListedTask(keys, state, row, now));
            foreach (var task in rows.Where(task => !trail.HasSeen(task.Id)))
            {
                yield return task;
            }

            if (ids.Length < size)
            {
                yield break;
            }

            trail.Advance(ids, reply[2].ToString(), (long)reply[3]);
        }
    }

    /// <summary>The ids that workers hold, the oldest first.</summary>
    internal async Task<IReadOnlyList<string>> ListActiveIdsAsync(string queue, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        ct.ThrowIfCancellationRequested();
        var ids = await CallAsync(database => database.ListRangeAsync(keys.Active, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        return [.. ids.Reverse().Select(id => id.ToString())];
    }
}
