using System.Collections.Concurrent;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    // A script blocks its Redis server: a longer batch is sent as several. A task that is larger than this goes alone.
    private const int MostTasksPerEnqueue = 500;
    private const int MostBytesPerEnqueue = 2 * 1024 * 1024;

    private readonly ConcurrentDictionary<QueueKeys, EnqueueBatch> _batches = new();

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

    /// <summary>Adds one task as the item says. Those that are added to a queue at the same time travel together.</summary>
    /// <exception cref="ArgumentException">As <see cref="EnqueueUniqueAsync"/>.</exception>
    internal Task<EnqueueOutcome> EnqueueOneAsync(EnqueueItem item, CancellationToken ct)
    {
        try
        {
            Validate(item);
        }
        catch (ArgumentException exception)
        {
            return Task.FromException<EnqueueOutcome>(exception);
        }

        if (ct.IsCancellationRequested)
        {
            return Task.FromCanceled<EnqueueOutcome>(ct);
        }

        // Written here, by each caller, and not by the one that sends them all.
        _ = item.Encoded;
        return BatchOf(KeysOf(item.Message.Queue)).AddAsync(item, ct);
    }

    /// <summary>
    /// Adds many tasks, of any kinds and queues, by one script for each queue (more where one would block Redis for long).
    /// The state is that of adding them one by one. Replies are in the order of the items; where a call failed, the
    /// replies of its items say so and carry the error.
    /// </summary>
    /// <param name="items">The tasks.</param>
    /// <param name="ct">Gives up before a call is sent.</param>
    /// <param name="order">
    /// What calls with the same one are carried out by: in the order in which they were made, though they are not awaited.
    /// Not for concurrent use.
    /// </param>
    /// <exception cref="ArgumentException">One of the items is invalid; nothing was sent.</exception>
    internal async Task<IReadOnlyList<EnqueueReply>> EnqueueManyAsync(
        IReadOnlyList<EnqueueItem> items, CancellationToken ct, EnqueueOrder? order = null)
    {
        order ??= new EnqueueOrder();
        foreach (var item in items)
        {
            Validate(item);
        }

        ct.ThrowIfCancellationRequested();
        var queues = items.Select(item => item.Message.Queue).Distinct(StringComparer.Ordinal).ToArray();
        if (queues is [var only])
        {
            return await EnqueueQueueAsync(only, items, order, ct).ConfigureAwait(false);
        }

        var replies = new EnqueueReply[items.Count];
        await Task.WhenAll(queues.Select(async queue =>
        {
            int[] places = [.. Enumerable.Range(0, items.Count).Where(at => items[at].Message.Queue == queue)];
            var ofQueue = await EnqueueQueueAsync(queue, [.. places.Select(at => items[at])], order, ct).ConfigureAwait(false);
            for (var i = 0; i < places.Length; i++)
            {
                replies[places[i]] = ofQueue[i];
            }
        })).ConfigureAwait(false);
        return replies;
    }

    private EnqueueBatch BatchOf(QueueKeys queue) => _batches.GetOrAdd(
        queue,
        static (keys, broker) => new EnqueueBatch(
            () => broker.PublishQueueAsync(keys.Name, CancellationToken.None),
            (items, token) => broker.EnqueueByOneCallAsync(keys, items, token),
            broker.Time),
        this);

    private void Validate(EnqueueItem item)
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
            var prefix = KeysOf(message.Queue).UniquePrefix;
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

    private async Task<EnqueueReply[]> EnqueueQueueAsync(
        string queue, IReadOnlyList<EnqueueItem> items, EnqueueOrder order, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        var replies = new EnqueueReply[items.Count];
        var calls = new List<(int From, int End, Task<EnqueueReply[]> Call)>();
        for (var from = 0; from < items.Count;)
        {
            var end = ChunkEnd(items, from);
            var chunk = end - from == items.Count ? items : [.. items.Skip(from).Take(end - from)];
            calls.Add((from, end, EnqueueInOrderAsync(keys, chunk, order, ct)));
            from = end;
        }

        foreach (var (from, end, call) in calls)
        {
            try
            {
                (await call.ConfigureAwait(false)).CopyTo(replies, from);
            }
#pragma warning disable CA1031 // Handed to the caller: what other calls stored must not be forgotten because this one failed
            catch (Exception exception)
#pragma warning restore CA1031
            {
                replies.AsSpan(from, end - from).Fill(new EnqueueReply(EnqueueOutcome.Failed, exception));
            }
        }

        return replies;
    }

    private static int ChunkEnd(IReadOnlyList<EnqueueItem> items, int from)
    {
        var bytes = 0L;
        var end = from;
        while (end < items.Count && end - from < MostTasksPerEnqueue)
        {
            bytes += items[end].Encoded.Length;
            if (bytes > MostBytesPerEnqueue && end > from)
            {
                break;
            }

            end++;
        }

        return end;
    }
}
