using Google.Protobuf;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    // A batch stops here, so that one reply does not take the memory of many.
    private const int MostBytesPerFetch = 1024 * 1024;
    private const long LatestUnixSeconds = 253_402_300_799;

    // Where the arguments of dequeue.lua say until when the tasks of an unanswered call may be leased.
    private const int AskedBefore = 11;

    // Where they say which call of this broker it is.
    private const int CallNumber = 13;

    // What the script answers instead of whether there may be more, to a call that a repetition has overtaken.
    private const int Barred = 2;

    // What stands behind the string of tasks: messages, or a look where there is no task.
    private const int BehindTasks = 4;

    private static readonly Script DequeueScript = Script.Load("dequeue.lua");
    private static readonly Script QuarantineScript = Script.Load("quarantine.lua");

    private readonly UnansweredOwners _unanswered = new();
    private readonly KeysOfDay _fetchKeys = new();

    // Names this broker among all that fetch, so that the numbers of its calls are its own.
    private readonly string _fetcher = Guid.NewGuid().ToString("N");
    private long _fetches;

    /// <summary>
    /// Fetches up to <paramref name="max"/> tasks of a queue, oldest first, and leases them for <paramref name="lease"/>.
    /// A paused or empty queue gives none; a batch ends at 1 MiB of messages. What an earlier call leased without its answer
    /// having come is given first, all of it, even if that is more than <paramref name="max"/>: nobody else knows of it.
    /// </summary>
    /// <exception cref="ArgumentException">That cannot be a queue's name.</exception>
    internal Task<FetchResult> DequeueAsync(string queue, int max, TimeSpan lease, CancellationToken ct) =>
        DequeueAsync(queue, max, lease, look: false, ct);

    /// <summary>As above; where <paramref name="look"/> asks for it and no task comes, also looks at what else the queue holds.</summary>
    internal async Task<FetchResult> DequeueAsync(string queue, int max, TimeSpan lease, bool look, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        if (max <= 0)
        {
            return FetchResult.Empty;
        }

        var earlier = _unanswered.Take(queue);
        var owner = earlier?.Owner ?? Guid.NewGuid().ToString("N");
        var tasks = new List<LeasedTask>();
        var quarantined = new List<string>();
        var dropped = 0;
        bool more;
        bool endedEarly;
        QueueLook? seen;
        do
        {
            var expiry = Now + lease;
            var reply = await DequeueOnceAsync(keys, max, expiry, owner, earlier?.Expiry, look, ct).ConfigureAwait(false);
            earlier = null;
            dropped += (int)reply[1];
            if (reply[2].Length > 0)
            {
                quarantined.AddRange((string[])reply[2]!);
            }

            var fetched = TasksOf(reply);
            await DecodeAsync(keys, fetched, owner, expiry, tasks, quarantined).ConfigureAwait(false);

            // Where nothing readable came, the queue may hold more nevertheless: it must not look empty.
            endedEarly = (int)reply[0] != 0;
            more = endedEarly || !fetched.IsEmpty;
            seen = fetched.IsEmpty && reply.Length > BehindTasks ? LookOf(reply) : null;
        }
        while (more && tasks.Count == 0);
        return new FetchResult(tasks, dropped, quarantined, endedEarly) { Look = tasks.Count == 0 ? seen : null };
    }

    /// <summary>The queues of which a fetch may have leased tasks without its answer having come.</summary>
    internal IReadOnlyCollection<string> UnansweredQueues => _unanswered.Queues;

    /// <summary>
    /// What one earlier fetch leased without its answer having come, leased anew, and nothing else: for somebody who fetches no
    /// more. It is called until <see cref="UnansweredQueues"/> has the queue no more, also where this is not answered either.
    /// </summary>
    internal async Task<IReadOnlyList<LeasedTask>> ReclaimAsync(string queue, TimeSpan lease, CancellationToken ct)
    {
        if (_unanswered.Take(queue) is not { } asked)
        {
            return [];
        }

        var keys = KeysOf(queue);
        var expiry = Now + lease;
        var reply = await DequeueOnceAsync(keys, max: 0, expiry, asked.Owner, asked.Expiry, look: false, ct).ConfigureAwait(false);
        var tasks = new List<LeasedTask>();
        await DecodeAsync(keys, TasksOf(reply), asked.Owner, expiry, tasks, []).ConfigureAwait(false);
        return tasks;
    }

    private async Task<RedisResult[]> DequeueOnceAsync(
        QueueKeys queue,
        int max,
        DateTimeOffset expiry,
        string owner,
        DateTimeOffset? askedBefore,
        bool look,
        CancellationToken ct)
    {
        var now = Now;
        var keys = _fetchKeys.Find(queue, now) ?? _fetchKeys.Keep(queue, now, FetchKeys(queue, now));
        RedisValue[] args =
        [
            queue.TaskPrefix, queue.GroupPrefix, queue.UniquePrefix, max, MostBytesPerFetch, UnixSeconds(expiry), owner,
            UnixSeconds(now), DayExpiry(now), Archive.MaxSizeOf(queue.Name), ArchiveCutoff(now),
            askedBefore is { } before ? UnixSeconds(before) : "", look ? 1 : 0, 0,
        ];
        try
        {
            return await SendFetchAsync(keys, args, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsBrokenConnection(exception))
        {
            var latest = askedBefore > expiry ? askedBefore.Value : expiry;

            // A copy: the first may be on its way still.
            args = [.. args];
            args[AskedBefore] = UnixSeconds(latest);
            return await FetchAgainAsync(queue.Name, keys, args, owner, latest).ConfigureAwait(false);
        }
        catch when (askedBefore is not null)
        {
            _unanswered.Add(queue.Name, owner, askedBefore.Value);
            throw;
        }
    }

    private RedisKey[] FetchKeys(QueueKeys queue, DateTimeOffset now) =>
    [
        queue.Pending, queue.Active, queue.Lease, queue.Groups, queue.Archived, queue.Paused,
        queue.Processed, queue.Failed, queue.ProcessedOn(now), queue.FailedOn(now),
        queue.Scheduled, queue.Retry, queue.Completed, queue.AggregationSets, queue.FetchMark(_fetcher), queue.Lock,
    ];

    /// <summary>
    /// The first attempt may have leased tasks to this owner: they are its own, not to be left to the recoverer, which would
    /// count a failure. So it is repeated whatever the caller wants by now; and if this is not answered either, by the next
    /// fetch.
    /// </summary>
    private async Task<RedisResult[]> FetchAgainAsync(
        string queue, RedisKey[] keys, RedisValue[] args, string owner, DateTimeOffset latest)
    {
        try
        {
            return await SendFetchAsync(keys, args, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            _unanswered.Add(queue, owner, latest);
            throw;
        }
    }

    /// <summary>
    /// Sends the call under a number of its own. Redis bars all those before a repetition, which may come late; one that is still
    /// waited for, because it was sent beside the one that was repeated, is sent anew.
    /// </summary>
    private async Task<RedisResult[]> SendFetchAsync(RedisKey[] keys, RedisValue[] args, CancellationToken ct)
    {
        while (true)
        {
            args[CallNumber] = Interlocked.Increment(ref _fetches);
            var reply = await EvaluateListAsync(DequeueScript, keys, args, ct).ConfigureAwait(false);
            if ((int)reply[0] != Barred)
            {
                return reply;
            }
        }
    }

    private static FetchedTasks TasksOf(RedisResult[] reply) =>
        new((byte[]?)reply[BehindTasks - 1], reply.AsMemory(BehindTasks));

    private async Task DecodeAsync(
        QueueKeys queue,
        FetchedTasks fetched,
        string owner,
        DateTimeOffset expiry,
        List<LeasedTask> tasks,
        List<string> quarantined)
    {
        while (fetched.TryTake(out var task))
        {
            if (Decode(queue.Name, task.Message, task, out var fault) is { } message)
            {
                tasks.Add(new LeasedTask(message, owner, expiry) { PendingSince = TimeOf(task.PendingSince) });
            }
            else if (await QuarantineAsync(queue, task.Id, owner, fault).ConfigureAwait(false))
            {
                quarantined.Add(task.IdText);
            }
        }
    }

    /// <summary>The message of a task; <c>null</c>, with the reason, where it cannot be that.</summary>
    private static TaskMessage? Decode(string queue, RedisValue id, byte[] bytes, out string fault) =>
        Decode(queue, bytes, new FetchedTask((byte[]?)id ?? [], default, null), out fault);

    private static TaskMessage? Decode(string queue, ReadOnlyMemory<byte> bytes, FetchedTask task, out string fault)
    {
        TaskMessage message;
        try
        {
            message = MessageReader.Read(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            fault = $"the message cannot be decoded: {exception.Message}";
            return null;
        }

        if (!task.HasId(message.Id) || message.Queue != queue)
        {
            fault = $"the message is of task '{message.Id}' in queue '{message.Queue}'";
            return null;
        }

        fault = "";
        return message;
    }

    private static DateTimeOffset? TimeOf(long? nanoseconds) => nanoseconds is { } since
        ? DateTimeOffset.UnixEpoch.AddTicks(since / NanosecondsPerTick)
        : null;

    private static QueueLook LookOf(RedisResult[] reply)
    {
        return new QueueLook(SecondOf(reply[BehindTasks]), SecondOf(reply[BehindTasks + 1]), (long)reply[BehindTasks + 2] > 0);

        // Rounded down: what has a fraction of another client is better looked at early than late.
        static DateTimeOffset? SecondOf(RedisResult score) =>
            ((RedisValue)score).TryParse(out double seconds)
                ? DateTimeOffset.FromUnixTimeSeconds((long)Math.Clamp(Math.Floor(seconds), 0, LatestUnixSeconds))
                : null;
    }

    private async Task<bool> QuarantineAsync(QueueKeys queue, RedisValue id, string owner, string reason)
    {
        var now = Now;
        RedisKey[] keys =
        [
            queue.Active, queue.Lease, queue.Archived,
            queue.Processed, queue.Failed, queue.ProcessedOn(now), queue.FailedOn(now),
        ];
        RedisValue[] args =
        [
            queue.TaskPrefix, queue.UniquePrefix, id, owner, Utf16.Replace(reason), UnixSeconds(now), DayExpiry(now),
            Archive.MaxSizeOf(queue.Name), ArchiveCutoff(now),
        ];
        try
        {
            var reply = await RunListAsync(QuarantineScript, queue, keys, args, CancellationToken.None).ConfigureAwait(false);
            return (int)reply[0] == 0;
        }
        catch (Exception exception) when (IsRedisFailure(exception))
        {
            // The other tasks of this fetch must reach their handlers; this one is left to the recoverer.
            return false;
        }
    }
}
