using Google.Protobuf;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private const int MostSetsPerReclaim = 100;
    private const int MostMembersPerCall = 1_000;

    private static readonly TimeSpan AggregationTimeout = TimeSpan.FromMinutes(2);

    private static readonly Script AggregationCheckScript = Script.Load("aggregation-check.lua");
    private static readonly Script ReadSetScript = Script.Load("read-set.lua");
    private static readonly Script DeleteSetScript = Script.Load("delete-set.lua");
    private static readonly Script ReclaimSetsScript = Script.Load("reclaim-sets.lua");
    private static readonly Script AggregateScript = Script.Load("aggregate.lua");
    private static readonly Script GiveBackSetScript = Script.Load("give-back-set.lua");
    private static readonly Script ReleaseMembersScript = Script.Load("release-members.lua");
    private static readonly Script ArchiveMembersScript = Script.Load("archive-members.lua");

    /// <summary>The groups of a queue that have tasks waiting.</summary>
    internal async Task<IReadOnlyList<string>> ListGroupsAsync(string queue, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var names = await CallAsync(database => database.SetMembersAsync(KeysOf(queue).Groups, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        return Array.ConvertAll(names, name => name.ToString());
    }

    /// <summary>
    /// Makes an aggregation set of a group, if it is time: <paramref name="maxSize"/> tasks have come together (then only
    /// that many leave the group), the oldest has waited for <paramref name="maxDelay"/>, or the newest for
    /// <paramref name="gracePeriod"/>. Zero means no such limit for size and delay.
    /// </summary>
    /// <returns>The set's id; <c>null</c> where it is not time.</returns>
    internal async Task<string?> AggregationCheckAsync(
        string queue, string group, TimeSpan gracePeriod, TimeSpan maxDelay, int maxSize, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        MessageRules.RequireText(group, "Group");
        var now = Now;
        var setId = Guid.NewGuid().ToString();
        RedisKey[] names = [keys.Group(group), keys.AggregationSet(group, setId), keys.AggregationSets, keys.Groups];
        RedisValue[] args =
        [
            group, Math.Max(maxSize, 0), maxDelay > TimeSpan.Zero ? UnixSeconds(now - maxDelay) : "",
            UnixSeconds(now - gracePeriod), UnixSeconds(now + AggregationTimeout),
        ];
        var reply = await RunListAsync(AggregationCheckScript, keys, names, args, ct).ConfigureAwait(false);
        return (int)reply[0] == 1 ? setId : null;
    }

    /// <summary>
    /// Reads an aggregation set; <c>null</c> where there is no such set (any more). Members that cannot be read are
    /// archived.
    /// </summary>
    internal async Task<AggregationSet?> ReadAggregationSetAsync(
        string queue, string group, string setId, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        RedisKey[] names = [keys.AggregationSet(group, setId), keys.AggregationSets];
        var reply = await RunListAsync(ReadSetScript, keys, names, [keys.TaskPrefix], ct).ConfigureAwait(false);
        if (reply.Length == 0)
        {
            return null;
        }

        var values = (RedisValue[]?)reply[1] ?? [];
        var tasks = new List<TaskMessage>();
        var quarantined = new List<string>();
        var unreadable = new List<(RedisValue Id, RedisValue Message, string Reason)>();
        for (var i = 0; i < values.Length; i += 3)
        {
            var id = values[i];
            var (message, fault) = DecodeListed(keys.Name, id, values[i + 1], values[i + 2]);
            if (message is not null)
            {
                tasks.Add(message);
            }
            else
            {
                unreadable.Add((id, None, Utf16.Replace(fault)));
                quarantined.AddRange((int)values[i + 1] == 0 ? [] : [id.ToString()]);
            }
        }

        await ArchiveMembersAsync(keys, group, setId, unreadable, ct).ConfigureAwait(false);
        return new AggregationSet(
            tasks, DateTimeOffset.FromUnixTimeSeconds((long)(double)reply[0]), quarantined);
    }

    /// <summary>Deletes an aggregation set, its tasks and their locks.</summary>
    /// <returns>Whether there was such a set.</returns>
    internal async Task<bool> DeleteAggregationSetAsync(string queue, string group, string setId, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        RedisKey[] names = [keys.AggregationSet(group, setId), keys.AggregationSets];
        var reply = await RunListAsync(DeleteSetScript, keys, names, [keys.TaskPrefix, keys.UniquePrefix], ct)
            .ConfigureAwait(false);
        return (int)reply[0] == 1;
    }

    /// <summary>
    /// Ends an aggregation of which nothing came: after <paramref name="delay"/> the set's tasks are given back to their group
    /// by whoever next looks for stale sets.
    /// </summary>
    /// <returns>Whether there was such a set.</returns>
    internal async Task<bool> GiveBackAggregationSetAsync(
        string queue, string group, string setId, TimeSpan delay, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        RedisKey[] names = [keys.AggregationSet(group, setId), keys.AggregationSets];
        var reply = await RunListAsync(GiveBackSetScript, keys, names, [UnixSeconds(Now + delay)], ct).ConfigureAwait(false);
        return (int)reply[0] == 1;
    }

    /// <summary>Gives the tasks of sets whose deadline passed back to their groups, and names these.</summary>
    /// <returns>How many tasks.</returns>
    internal async Task<int> ReclaimStaleAggregationSetsAsync(string queue, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        RedisKey[] names = [keys.AggregationSets, keys.Groups];
        var given = 0;
        int sets;
        do
        {
            RedisValue[] args = [keys.GroupPrefix, UnixSeconds(Now), MostSetsPerReclaim];
            var reply = await RunListAsync(ReclaimSetsScript, keys, names, args, ct).ConfigureAwait(false);
            sets = (int)reply[0];
            given += (int)reply[1];
        }
        while (sets == MostSetsPerReclaim);
        return given;
    }

    /// <summary>
    /// Enqueues the task that an aggregation made, pending or scheduled, unique or not, and drops the tasks that it was made
    /// of, in one step. It goes to the queue that the group is in.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="group">The group.</param>
    /// <param name="setId">The set.</param>
    /// <param name="batch">The task.</param>
    /// <param name="members">The tasks of the set that it was made of, at least one; <c>null</c> for all.</param>
    /// <param name="ct">Checked before the command.</param>
    /// <exception cref="ArgumentException">The task is invalid, of another queue, or to be grouped again.</exception>
    internal async Task<AggregateOutcome> AggregateAsync(
        string queue,
        string group,
        string setId,
        EnqueueItem batch,
        IReadOnlyList<string>? members,
        CancellationToken ct)
    {
        Validate(batch);
        if (batch.Message.Queue != queue || batch.Kind == EnqueueKind.Grouped)
        {
            throw new ArgumentException(
                $"Task '{batch.Message.Id}' of queue '{batch.Message.Queue}' cannot come of group '{group}' in queue "
                + $"'{queue}': it must be pending or scheduled, in the group's own queue.",
                nameof(batch));
        }

        await PublishQueueAsync(queue, ct).ConfigureAwait(false);
        try
        {
            return await AggregateOnceAsync(KeysOf(queue), group, setId, batch, members, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsBrokenConnection(exception))
        {
            var outcome = await AggregateOnceAsync(KeysOf(queue), group, setId, batch, members, ct).ConfigureAwait(false);
            return outcome != AggregateOutcome.Aggregated
                && await IsStoredAsync(KeysOf(queue), batch.Message.Id, batch.Message.ToByteArray()).ConfigureAwait(false)
                    ? AggregateOutcome.Aggregated
                    : outcome;
        }
    }

    /// <summary>As above, of all tasks of the set.</summary>
    internal Task<AggregateOutcome> AggregateAsync(
        string queue, string group, string setId, EnqueueItem batch, CancellationToken ct) =>
        AggregateAsync(queue, group, setId, batch, null, ct);

    /// <summary>Makes tasks of a set pending, to be run singly: they leave their group for good.</summary>
    /// <returns>How many were released; <c>null</c> where there is no such set (any more).</returns>
    internal async Task<int?> ReleaseMembersAsync(
        string queue, string group, string setId, IReadOnlyList<string> ids, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        RedisKey[] names = [keys.AggregationSet(group, setId), keys.AggregationSets, keys.Pending];
        var released = 0;
        foreach (var chunk in ids.Chunk(MostMembersPerCall))
        {
            RedisValue[] args =
                [keys.TaskPrefix, keys.WakeChannel, UnixNanoseconds(Now), .. chunk.Select(id => (RedisValue)id)];
            var reply = await RunListAsync(ReleaseMembersScript, keys, names, args, ct).ConfigureAwait(false);
            if ((int)reply[0] < 0)
            {
                return released == 0 ? null : released;
            }

            released += (int)reply[0];
        }

        return released;
    }

    /// <summary>Archives tasks of a set, each with its error.</summary>
    /// <returns>How many were archived; <c>null</c> where there is no such set (any more).</returns>
    internal Task<int?> ArchiveMembersAsync(
        string queue,
        string group,
        string setId,
        IReadOnlyList<(TaskMessage Message, string Error)> tasks,
        CancellationToken ct)
    {
        var now = Now;
        return ArchiveMembersAsync(
            KeysOf(queue),
            group,
            setId,
            [.. tasks.Select(task => ((RedisValue)task.Message.Id, Failed(task.Message, task.Error, now, counted: false), ""))],
            ct);
    }

    private async Task<int?> ArchiveMembersAsync(
        QueueKeys queue,
        string group,
        string setId,
        List<(RedisValue Id, RedisValue Message, string Reason)> members,
        CancellationToken ct)
    {
        var archived = 0;
        foreach (var chunk in members.Chunk(MostMembersPerCall))
        {
            var now = Now;
            RedisKey[] names =
            [
                queue.AggregationSet(group, setId), queue.AggregationSets, queue.Archived,
                queue.Processed, queue.Failed, queue.ProcessedOn(now), queue.FailedOn(now),
            ];
            RedisValue[] args =
            [
                queue.TaskPrefix, queue.UniquePrefix, UnixSeconds(now), DayExpiry(now),
                Archive.MaxSizeOf(queue.Name), ArchiveCutoff(now),
                .. chunk.SelectMany(member => new RedisValue[] { member.Id, member.Message, member.Reason }),
            ];
            var reply = await RunListAsync(ArchiveMembersScript, queue, names, args, ct).ConfigureAwait(false);
            if ((int)reply[0] < 0)
            {
                return archived == 0 ? null : archived;
            }

            archived += (int)reply[0];
        }

        return archived;
    }

    private async Task<AggregateOutcome> AggregateOnceAsync(
        QueueKeys queue,
        string group,
        string setId,
        EnqueueItem batch,
        IReadOnlyList<string>? members,
        CancellationToken ct)
    {
        var due = batch.ProcessAt is { } at ? DueTime.Of(at) : DueTime.None;
        RedisKey[] names =
            [queue.AggregationSet(group, setId), queue.AggregationSets, queue.Pending, queue.Scheduled];
        RedisValue[] args =
        [
            queue.TaskPrefix, queue.UniquePrefix, queue.WakeChannel, UnixNanoseconds(Now),
            batch.Kind == EnqueueKind.Pending ? "p" : "s", batch.Message.Id, batch.Message.ToByteArray(),
            batch.LockTtl is null ? "" : batch.Message.UniqueKey, batch.LockTtl is { } ttl ? (long)ttl.TotalSeconds : "",
            due.Score, due.Exact, .. (members ?? []).Select(id => (RedisValue)id),
        ];
        var reply = await RunListAsync(AggregateScript, queue, names, args, ct).ConfigureAwait(false);
        return (int)reply[0] switch
        {
            0 => AggregateOutcome.Aggregated,
            1 => AggregateOutcome.Duplicate,
            2 => AggregateOutcome.IdConflict,
            _ => AggregateOutcome.Lost,
        };
    }
}
