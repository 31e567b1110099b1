using System.Collections.Concurrent;
using Google.Protobuf;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    // A script blocks its Redis server: a longer batch is sent as several.
    private const int MostTasksPerEnqueue = 5_000;
    private const int MostBytesPerEnqueue = 16 * 1024 * 1024;
    private const long TickSeconds = 24 * 60 * 60;

    private static readonly Script EnqueueScript = Script.Load("enqueue.lua");

    // A queue that was removed and is used again must become visible to a client that published it long ago.
    private static readonly TimeSpan PublishInterval = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _published = new(StringComparer.Ordinal);
    private readonly CallMarks _marks = new(time);

    /// <summary>Adds a pending task.</summary>
    /// <exception cref="ArgumentException">The message has a blank or invalid queue, id, type or group.</exception>
    internal Task<EnqueueOutcome> EnqueueAsync(TaskMessage message, CancellationToken ct) =>
        EnqueueOneAsync(EnqueueItem.Pending(message), ct);

    /// <summary>Adds a pending task unless its lock, <c>message.UniqueKey</c>, is held.</summary>
    /// <exception cref="ArgumentException">As <see cref="EnqueueAsync"/>; or the TTL is below one second.</exception>
    internal Task<EnqueueOutcome> EnqueueUniqueAsync(TaskMessage message, TimeSpan ttl, CancellationToken ct) =>
        EnqueueOneAsync(EnqueueItem.Pending(message) with { LockTtl = ttl }, ct);

    /// <summary>Adds a task that is due later. One with a group key joins its group when it is due.</summary>
    /// <exception cref="ArgumentException">As <see cref="EnqueueAsync"/>.</exception>
    internal Task<EnqueueOutcome> ScheduleAsync(TaskMessage message, DateTimeOffset processAt, CancellationToken ct) =>
        EnqueueOneAsync(EnqueueItem.Scheduled(message, processAt), ct);

    /// <summary>
    /// Adds a task that is due later, unless its lock is held. The lock lasts until the task is due and
    /// <paramref name="ttl"/> beyond. (<see cref="EnqueueItem.LockTtl"/> is the whole of it.)
    /// </summary>
    /// <exception cref="ArgumentException">As <see cref="EnqueueUniqueAsync"/>.</exception>
    internal Task<EnqueueOutcome> ScheduleUniqueAsync(
        TaskMessage message, DateTimeOffset processAt, TimeSpan ttl, CancellationToken ct)
    {
        RequireLockTtl(ttl, message);
        var wait = processAt - Now;
        var whole = wait > TimeSpan.Zero ? wait + ttl : ttl;
        return EnqueueOneAsync(EnqueueItem.Scheduled(message, processAt) with { LockTtl = whole }, ct);
    }

    /// <summary>Adds a task to its group, <c>message.GroupKey</c>.</summary>
    /// <exception cref="ArgumentException">As <see cref="EnqueueAsync"/>.</exception>
    internal Task<EnqueueOutcome> AddToGroupAsync(TaskMessage message, CancellationToken ct) =>
        EnqueueOneAsync(EnqueueItem.Grouped(message), ct);

    /// <summary>Adds a task to its group unless its lock is held.</summary>
    /// <exception cref="ArgumentException">As <see cref="EnqueueUniqueAsync"/>.</exception>
    internal Task<EnqueueOutcome> AddToGroupUniqueAsync(TaskMessage message, TimeSpan ttl, CancellationToken ct) =>
        EnqueueOneAsync(EnqueueItem.Grouped(message) with { LockTtl = ttl }, ct);

    /// <summary>Adds one task as the item says.</summary>
    /// <exception cref="ArgumentException">As <see cref="EnqueueUniqueAsync"/>.</exception>
    internal async Task<EnqueueOutcome> EnqueueOneAsync(EnqueueItem item, CancellationToken ct)
    {
        Validate(item);
        var outcomes = await EnqueueChunkAsync(KeysOf(item.Message.Queue), [item], ct).ConfigureAwait(false);
        return outcomes[0];
    }

    /// <summary>
    /// Adds many tasks, of any kinds and queues, by one script for each queue (more where one would block Redis for long).
    /// The state is that of adding them one by one. Replies are in the order of the items; where a call failed, the
    /// replies of its items say so and carry the error.
    /// </summary>
    /// <exception cref="ArgumentException">One of the items is invalid; nothing was sent.</exception>
    internal async Task<IReadOnlyList<EnqueueReply>> EnqueueManyAsync(
        IReadOnlyList<EnqueueItem> items, CancellationToken ct)
    {
        foreach (var item in items)
        {
            Validate(item);
        }

        ct.ThrowIfCancellationRequested();
        var replies = new EnqueueReply[items.Count];
        var queues = Enumerable.Range(0, items.Count).GroupBy(at => items[at].Message.Queue, StringComparer.Ordinal);
        await Task.WhenAll(queues.Select(queue => EnqueueQueueAsync(queue.Key, items, [.. queue], replies, ct)))
            .ConfigureAwait(false);
        return replies;
    }

    private static void Validate(EnqueueItem item)
    {
        var message = item.Message;
        MessageRules.Require(message);
        if (item.Kind == EnqueueKind.Grouped && string.IsNullOrWhiteSpace(message.GroupKey))
        {
            throw new ArgumentException($"Group of task '{message.Id}' is blank: name the group it is to join.");
        }

        if (item.LockTtl is { } ttl)
        {
            RequireLockTtl(ttl, message);
            var prefix = Keys.Of(message.Queue).UniquePrefix;
            if (!message.UniqueKey.StartsWith(prefix, StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"Unique key '{message.UniqueKey}' of task '{message.Id}' is no lock of queue '{message.Queue}': "
                    + $"it must start with '{prefix}'.");
            }
        }
    }

    private static void RequireLockTtl(TimeSpan ttl, TaskMessage message)
    {
        if (ttl < TimeSpan.FromSeconds(Rules.TaskLimits.MinUniqueSeconds))
        {
            throw new ArgumentException(
                $"Unique TTL {ttl} of task '{message.Id}' is too short: it must be at least "
                + $"{Rules.TaskLimits.MinUniqueSeconds} second.");
        }
    }

    private async Task EnqueueQueueAsync(
        string queue, IReadOnlyList<EnqueueItem> items, int[] places, EnqueueReply[] replies, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        for (var from = 0; from < places.Length;)
        {
            var chunk = places[from..ChunkEnd(items, places, from)];
            from += chunk.Length;
            try
            {
                var outcomes = await EnqueueChunkAsync(keys, [.. chunk.Select(at => items[at])], ct).ConfigureAwait(false);
                for (var i = 0; i < chunk.Length; i++)
                {
                    replies[chunk[i]] = new EnqueueReply(outcomes[i], null);
                }
            }
#pragma warning disable CA1031 // Handed to the caller: what other calls stored must not be forgotten because this one failed
            catch (Exception exception)
#pragma warning restore CA1031
            {
                foreach (var at in chunk)
                {
                    replies[at] = new EnqueueReply(EnqueueOutcome.Failed, exception);
                }
            }
        }
    }

    private static int ChunkEnd(IReadOnlyList<EnqueueItem> items, int[] places, int from)
    {
        var bytes = 0;
        var end = from;
        while (end < places.Length && end - from < MostTasksPerEnqueue)
        {
            bytes += items[places[end]].Message.Payload.Length;
            if (bytes > MostBytesPerEnqueue && end > from)
            {
                break;
            }

            end++;
        }

        return end;
    }

    private async Task<EnqueueOutcome[]> EnqueueChunkAsync(QueueKeys queue, EnqueueItem[] items, CancellationToken ct)
    {
        await PublishQueueAsync(queue.Name, ct).ConfigureAwait(false);
        var (args, messages) = EnqueueArguments(queue, items);
        RedisKey[] keys = [queue.Pending, queue.Scheduled, queue.Groups, queue.CallMarks(_marks.Caller)];
        RedisResult[] codes;
        try
        {
            codes = await RunListAsync(EnqueueScript, queue, keys, args, ct).ConfigureAwait(false);
        }
        catch (RedisUnreachableException exception) when (IsBrokenConnection(exception))
        {
            // Whatever the caller wants by now: it must not be left in doubt.
            codes = await AgainAsync(
                () => RunListAsync(EnqueueScript, queue, keys, args, CancellationToken.None), exception).ConfigureAwait(false);
            return await RepeatedOutcomesAsync(queue, items, messages, codes).ConfigureAwait(false);
        }

        return [.. codes.Select(code => OutcomeOf((int)code))];
    }

    private static EnqueueOutcome OutcomeOf(int code) => code switch
    {
        0 => EnqueueOutcome.Enqueued,
        1 => EnqueueOutcome.Duplicate,
        2 => EnqueueOutcome.IdConflict,
        _ => EnqueueOutcome.TickTaken,
    };

    /// <summary>
    /// The first attempt may have stored the tasks. Redis mostly knows; where it no longer does, one that is stored with our
    /// very message is our own.
    /// </summary>
    private async Task<EnqueueOutcome[]> RepeatedOutcomesAsync(
        QueueKeys queue, EnqueueItem[] items, byte[][] messages, RedisResult[] codes)
    {
        const int OwnTick = 4;
        var outcomes = new EnqueueOutcome[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var code = (int)codes[i];
            outcomes[i] = OutcomeOf(code);
            if (code == OwnTick
                || (code is 1 or 2 && await IsStoredAsync(queue, items[i].Message.Id, messages[i]).ConfigureAwait(false)))
            {
                outcomes[i] = EnqueueOutcome.Enqueued;
            }
        }

        return outcomes;
    }

    private async Task<bool> IsStoredAsync(QueueKeys queue, string id, byte[] message)
    {
        var stored = (byte[]?)await CallAsync(
            database => database.HashGetAsync(queue.Task(id), "msg", OnPrimary), CancellationToken.None).ConfigureAwait(false);
        return stored is not null && stored.AsSpan().SequenceEqual(message);
    }

    private (RedisValue[] Args, byte[][] Messages) EnqueueArguments(QueueKeys queue, EnqueueItem[] items)
    {
        const int Head = 9;
        const int Stride = 9;
        var now = Now;
        var mark = _marks.Next(queue.Name);
        var args = new RedisValue[Head + (items.Length * Stride)];
        RedisValue[] head =
        [
            queue.TaskPrefix, queue.GroupPrefix, queue.WakeChannel, UnixNanoseconds(now), UnixSeconds(now), TickSeconds,
            mark.Text, mark.Place, mark.KeepsMarks ? "1" : "",
        ];
        head.CopyTo(args, 0);
        var messages = new byte[items.Length][];
        for (var i = 0; i < items.Length; i++)
        {
            var item = items[i];
            var due = item.ProcessAt is { } at ? DueTime.Of(at) : DueTime.None;
            messages[i] = item.Message.ToByteArray();
            RedisValue[] values =
            [
                item.Kind switch { EnqueueKind.Pending => "p", EnqueueKind.Scheduled => "s", _ => "g" },
                item.Message.Id,
                messages[i],
                item.LockTtl is null ? "" : item.Message.UniqueKey,
                item.LockTtl is { } ttl ? (long)ttl.TotalSeconds : "",
                item.Kind == EnqueueKind.Pending ? "" : item.Message.GroupKey,
                due.Score,
                due.Exact,
                item.Tick,
            ];
            values.CopyTo(args, Head + (i * Stride));
        }

        return (args, messages);
    }

    private async Task PublishQueueAsync(string queue, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (_published.TryGetValue(queue, out var last) && now - last < PublishInterval)
        {
            return;
        }

        await RepeatAsync(
            () => CallAsync(database => database.SetAddAsync(Keys.Queues, queue, OnPrimary), ct)).ConfigureAwait(false);
        _published[queue] = now;
    }
}
