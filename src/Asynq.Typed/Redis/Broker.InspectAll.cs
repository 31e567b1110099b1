using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    // A script blocks its Redis server: more are taken by further calls.
    private const int MostTasksPerMove = 1_000;

    private static readonly Script RunAllScript = Script.Load("run-all.lua");
    private static readonly Script ArchiveAllScript = Script.Load("archive-all.lua");
    private static readonly Script DeleteAllScript = Script.Load("delete-all.lua");

    /// <summary>Makes every task of a state pending, those that are due first in front.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">Scheduled, retry, archived, completed, or aggregating.</param>
    /// <param name="group">The group, where the state is aggregating; else <c>null</c>.</param>
    /// <param name="ct">Stops between calls of 1,000 tasks.</param>
    /// <returns>How many; <c>null</c> where there is no such queue.</returns>
    internal Task<long?> RunAllAsync(string queue, TaskState state, string? group, CancellationToken ct)
    {
        if (state == TaskState.Pending)
        {
            throw new ArgumentException("Pending tasks need not be run: they are waiting for a worker.", nameof(state));
        }

        var keys = KeysOf(queue);
        var (place, _) = PlaceOf(keys, state, group);
        return MoveAllAsync(
            keys,
            state,
            place,
            limit => RunListAsync(
                RunAllScript,
                keys,
                [place, keys.Pending, keys.Groups],
                [keys.TaskPrefix, keys.WakeChannel, UnixNanoseconds(Now), limit, NameOf(state), group ?? ""],
                ct),
            ct);
    }

    /// <summary>Archives every task of a state. The archive is held to its limits.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">Pending, scheduled, retry, completed, or aggregating.</param>
    /// <param name="group">The group, where the state is aggregating; else <c>null</c>.</param>
    /// <param name="ct">Stops between calls of 1,000 tasks.</param>
    /// <returns>How many; <c>null</c> where there is no such queue.</returns>
    internal Task<long?> ArchiveAllAsync(string queue, TaskState state, string? group, CancellationToken ct)
    {
        if (state == TaskState.Archived)
        {
            throw new ArgumentException("Archived tasks are archived already.", nameof(state));
        }

        var keys = KeysOf(queue);
        var (place, type) = PlaceOf(keys, state, group);
        return MoveAllAsync(
            keys,
            state,
            place,
            limit =>
            {
                var now = Now;
                RedisValue[] args =
                [
                    keys.TaskPrefix, keys.UniquePrefix, UnixSeconds(now),
                    Archive.MaxSizeOf(keys.Name), ArchiveCutoff(now), limit, type, NameOf(state), group ?? "",
                ];
                return RunListAsync(ArchiveAllScript, keys, [place, keys.Archived, keys.Groups], args, ct);
            },
            ct);
    }

    /// <summary>Deletes every task of a state, and its lock.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">Any but active.</param>
    /// <param name="group">The group, where the state is aggregating; else <c>null</c>.</param>
    /// <param name="ct">Stops between calls of 1,000 tasks.</param>
    /// <returns>How many; <c>null</c> where there is no such queue.</returns>
    internal Task<long?> DeleteAllAsync(string queue, TaskState state, string? group, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        var (place, type) = PlaceOf(keys, state, group);
        return MoveAllAsync(
            keys,
            state,
            place,
            limit => RunListAsync(
                DeleteAllScript,
                keys,
                [place, keys.Groups],
                [keys.TaskPrefix, keys.UniquePrefix, limit, type, NameOf(state), group ?? ""],
                ct),
            ct);
    }

    /// <summary>Where the ids of the tasks of a state are, and the type of that key.</summary>
    private static (RedisKey Key, string Type) PlaceOf(QueueKeys queue, TaskState state, string? group)
    {
        if (state == TaskState.Aggregating)
        {
            MessageRules.RequireText(group ?? "", "Group");
            return (queue.Group(group!), "zset");
        }

        return group is not null
            ? throw new ArgumentException($"A group says nothing about {state} tasks: give none.", nameof(group))
            : state switch
            {
                TaskState.Pending => (queue.Pending, "list"),
                TaskState.Scheduled => (queue.Scheduled, "zset"),
                TaskState.Retry => (queue.Retry, "zset"),
                TaskState.Archived => (queue.Archived, "zset"),
                TaskState.Completed => (queue.Completed, "zset"),
                _ => throw new ArgumentException($"{state} tasks are held by workers: cancel them.", nameof(state)),
            };
    }

    /// <summary>
    /// Calls <paramref name="move"/> until as many ids have been taken as there were at the start: what is added
    /// meanwhile is not this call's, and might never end.
    /// </summary>
    private async Task<long?> MoveAllAsync(
        QueueKeys queue, TaskState state, RedisKey place, Func<long, Task<RedisResult[]>> move, CancellationToken ct)
    {
        if (!await QueueExistsAsync(queue.Name, ct).ConfigureAwait(false))
        {
            return null;
        }

        var left = state == TaskState.Pending
            ? await CallAsync(database => database.ListLengthAsync(place, flags: OnPrimary), ct).ConfigureAwait(false)
            : await CallAsync(database => database.SortedSetLengthAsync(place, flags: OnPrimary), ct)
                .ConfigureAwait(false);
        var moved = 0L;
        while (left > 0)
        {
            var reply = await move(Math.Min(left, MostTasksPerMove)).ConfigureAwait(false);
            moved += (long)reply[0];
            var taken = (long)reply[1];
            if (taken == 0)
            {
                break;
            }

            left -= taken;
        }

        return moved;
    }
}
