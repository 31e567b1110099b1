using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private const int TasksToWeigh = 20;
    private const int GroupsToWeigh = 5;

    private static readonly Script QueueStatsScript = Script.Load("queue-stats.lua");
    private static readonly Script GroupStatsScript = Script.Load("group-stats.lua");
    private static readonly Script MemoryUsageScript = Script.Load("memory-usage.lua");
    private static readonly Script UnpauseScript = Script.Load("unpause.lua");
    private static readonly Script RemoveQueueScript = Script.Load("remove-queue.lua");

    /// <summary>Every queue ever used, by name.</summary>
    internal async Task<IReadOnlyList<string>> ListQueuesAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var names = await CallAsync(database => database.SetMembersAsync(Keys.Queues, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        return [.. names.Select(name => name.ToString()).Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether a queue was ever used, and not removed since.</summary>
    internal async Task<bool> QueueExistsAsync(string queue, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return await CallAsync(database => database.SetContainsAsync(Keys.Queues, queue, flags: OnPrimary), ct)
            .ConfigureAwait(false);
    }

    /// <summary>What is in a queue; <c>null</c> where there is no such queue.</summary>
    internal async Task<QueueInfo?> CurrentStatsAsync(string queue, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        if (!await QueueExistsAsync(queue, ct).ConfigureAwait(false))
        {
            return null;
        }

        var now = Now;
        RedisKey[] scriptKeys =
        [
            keys.Pending, keys.Active, keys.Scheduled, keys.Retry, keys.Archived, keys.Completed, keys.Groups, keys.Paused,
            keys.Processed, keys.Failed, keys.ProcessedOn(now), keys.FailedOn(now),
        ];
        var stats = await RunListAsync(QueueStatsScript, keys, scriptKeys, [keys.TaskPrefix, keys.GroupPrefix], ct)
            .ConfigureAwait(false);
        var figures = Array.ConvertAll(stats, figure => Figure(figure.ToString()));
        return new QueueInfo
        {
            Name = queue,
            Pending = figures[0] ?? 0,
            Active = figures[1] ?? 0,
            Scheduled = figures[2] ?? 0,
            Retry = figures[3] ?? 0,
            Archived = figures[4] ?? 0,
            Completed = figures[5] ?? 0,
            Groups = figures[6] ?? 0,
            Aggregating = figures[7] ?? 0,
            PausedSince = PausedSince(stats[8].ToString(), now),
            ProcessedTotal = figures[9] ?? 0,
            FailedTotal = figures[10] ?? 0,
            Processed = figures[11] ?? 0,
            Failed = figures[12] ?? 0,
            Latency = figures[13] is { } since ? Waited(since, now) : TimeSpan.Zero,
            Timestamp = now,
        };
    }

    /// <summary>The figures of the last days, today first; <c>null</c> where there is no such queue.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="days">How many: 1 to 90, for as long figures are kept.</param>
    /// <param name="ct">Checked before each command.</param>
    /// <exception cref="ArgumentOutOfRangeException">So many days cannot be asked for.</exception>
    internal async Task<IReadOnlyList<DailyStats>?> HistoricalStatsAsync(string queue, int days, CancellationToken ct)
    {
        if (days < 1 || days > FigureAge.Days)
        {
            throw new ArgumentOutOfRangeException(
                nameof(days), days, $"History is kept for {FigureAge.Days} days: ask for 1 to {FigureAge.Days} of them.");
        }

        var keys = KeysOf(queue);
        if (!await QueueExistsAsync(queue, ct).ConfigureAwait(false))
        {
            return null;
        }

        var now = Now;
        DateTimeOffset[] dates = [.. Enumerable.Range(0, days).Select(back => now.AddDays(-back))];
        RedisKey[] figureKeys = [.. dates.SelectMany(day => new[] { keys.ProcessedOn(day), keys.FailedOn(day) })];
        var figures = await CallAsync(database => database.StringGetAsync(figureKeys, flags: OnPrimary), ct)
            .ConfigureAwait(false);
        return
        [
            .. dates.Select((day, i) => new DailyStats(
                queue,
                DateOnly.FromDateTime(day.UtcDateTime),
                Figure(figures[2 * i].ToString()) ?? 0,
                Figure(figures[(2 * i) + 1].ToString()) ?? 0)),
        ];
    }

    /// <summary>The groups of a queue that have tasks waiting, by name.</summary>
    internal async Task<IReadOnlyList<GroupInfo>> GroupStatsAsync(string queue, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        var reply = await RunListAsync(GroupStatsScript, keys, [keys.Groups], [keys.GroupPrefix], ct)
            .ConfigureAwait(false);
        var pairs = (RedisResult[]?)reply[0] ?? [];
        return
        [
            .. pairs.Chunk(2).Select(pair => new GroupInfo(pair[0].ToString(), (long)pair[1]))
                .OrderBy(group => group.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Roughly how many bytes a queue takes, by samples of its tasks; <c>null</c> where the server cannot tell.
    /// </summary>
    internal async Task<long?> MemoryUsageAsync(string queue, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        RedisKey[] scriptKeys =
            [keys.Pending, keys.Active, keys.Scheduled, keys.Retry, keys.Archived, keys.Completed, keys.Groups];
        RedisValue[] args = [keys.TaskPrefix, keys.GroupPrefix, TasksToWeigh, GroupsToWeigh];
        var reply = await RunListAsync(MemoryUsageScript, keys, scriptKeys, args, ct).ConfigureAwait(false);
        return reply is [var bytes] ? (long)bytes : null;
    }

    /// <summary>Stops fetching from a queue.</summary>
    /// <returns>False where it was paused already.</returns>
    internal async Task<bool> PauseAsync(string queue, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        ct.ThrowIfCancellationRequested();
        return await CallAsync(
            database => database.StringSetAsync(keys.Paused, UnixSeconds(Now), when: When.NotExists, flags: OnPrimary), ct)
            .ConfigureAwait(false);
    }

    /// <summary>Lets a queue be fetched from again, and wakes its workers.</summary>
    /// <returns>False where it was not paused.</returns>
    internal async Task<bool> UnpauseAsync(string queue, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        var reply = await RunListAsync(UnpauseScript, keys, [keys.Paused, keys.Pending], [keys.WakeChannel], ct)
            .ConfigureAwait(false);
        return (int)reply[0] == 1;
    }

    /// <summary>
    /// Removes a queue: the tasks of every state, their locks, its groups and aggregation sets. As in asynq, the
    /// figures of what was processed stay, and so does a pause.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="force">Whether to remove it with the tasks that are left. Active ones are never removed.</param>
    /// <param name="ct">Checked before each command.</param>
    internal async Task<QueueRemoval> RemoveQueueAsync(string queue, bool force, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        if (!await QueueExistsAsync(queue, ct).ConfigureAwait(false))
        {
            return QueueRemoval.QueueNotFound;
        }

        RedisKey[] scriptKeys =
        [
            keys.Pending, keys.Active, keys.Lease, keys.Scheduled, keys.Retry, keys.Archived, keys.Completed, keys.Groups,
            keys.AggregationSets,
        ];
        RedisValue[] args = [keys.TaskPrefix, keys.GroupPrefix, keys.UniquePrefix, force ? "1" : ""];
        var reply = await RunListAsync(RemoveQueueScript, keys, scriptKeys, args, ct).ConfigureAwait(false);
        switch ((int)reply[0])
        {
            case 1:
                return QueueRemoval.NotEmpty;
            case 2:
                return QueueRemoval.HasActiveTasks;
        }

        await ForgetNameAsync(keys).ConfigureAwait(false);
        return QueueRemoval.Removed;
    }

    // The name lies in another cluster slot, so that others may use the queue before it is gone. They know of no removal, and
    // would publish the name in some minutes only. An enqueue by this process makes it known again.
    private async Task ForgetNameAsync(QueueKeys keys)
    {
        await CallAsync(
            database => database.SetRemoveAsync(Keys.Queues, keys.Name, flags: OnPrimary), CancellationToken.None)
            .ConfigureAwait(false);
        _published.TryRemove(keys.Name, out _);
        RedisKey[] places =
            [keys.Pending, keys.Active, keys.Scheduled, keys.Retry, keys.Archived, keys.Completed, keys.Groups];
        if (await CallAsync(database => database.KeyExistsAsync(places, OnPrimary), CancellationToken.None)
            .ConfigureAwait(false) > 0)
        {
            await CallAsync(database => database.SetAddAsync(Keys.Queues, keys.Name, OnPrimary), CancellationToken.None)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The Redis Cluster slot of a queue's keys, whether or not the server is a cluster.</summary>
    internal int ClusterKeySlot(string queue) => ClusterSlot.Of(KeysOf(queue).Name);

    /// <summary>The nodes that hold a queue, the primary first; none where the server is no cluster.</summary>
    internal async Task<IReadOnlyList<QueueNode>> ClusterNodesAsync(string queue, CancellationToken ct)
    {
        var slot = ClusterKeySlot(queue);
        var server = connection.Multiplexer.GetServers()
            .FirstOrDefault(server => server.IsConnected && server.ServerType == ServerType.Cluster);
        if (server is null || await TopologyAsync(server, ct).ConfigureAwait(false) is not { } cluster)
        {
            return [];
        }

        var primary = cluster.Nodes.FirstOrDefault(
            node => !node.IsReplica && node.Slots.Any(range => range.From <= slot && slot <= range.To));
        return primary is null
            ? []
            : [
                .. cluster.Nodes.Where(node => node == primary || node.ParentNodeId == primary.NodeId)
                    .OrderBy(node => node.IsReplica)
                    .Select(node => new QueueNode(node.NodeId, AddressOf(node, server), node.IsReplica)),
            ];
    }

    private async Task<ClusterConfiguration?> TopologyAsync(IServer server, CancellationToken ct)
    {
        try
        {
            return await CallAsync(_ => server.ClusterNodesAsync(), ct).ConfigureAwait(false);
        }
        catch (RedisCommandException)
        {
            // The library asks only in its admin mode; without, there is what it read when the topology last changed.
            return server.ClusterConfiguration;
        }
    }

    // A node that no other has met does not know its own address.
    private static string AddressOf(ClusterNode node, IServer asked) =>
        (node.IsMyself ? asked.EndPoint : node.EndPoint) is { } address ? RedisAddress.Describe(address) : "";

    /// <summary>A figure that another client may have written: no number counts as none.</summary>
    private static long? Figure(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var figure) ? figure : null;

    // A pause counts whatever its value is.
    private static DateTimeOffset? PausedSince(string value, DateTimeOffset now) =>
        value.Length == 0 ? null : StoredTask.Due(value, "") ?? now;

    private TimeSpan Waited(long sinceNanoseconds, DateTimeOffset now)
    {
        var nanoseconds = long.Parse(UnixNanoseconds(now), CultureInfo.InvariantCulture) - sinceNanoseconds;
        return nanoseconds > 0 ? new TimeSpan(nanoseconds / NanosecondsPerTick) : TimeSpan.Zero;
    }
}
