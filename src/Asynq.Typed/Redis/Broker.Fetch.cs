using System.Collections.Concurrent;
using Google.Protobuf;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    // A batch stops here, so that one reply does not take the memory of many.
    private const int MostBytesPerFetch = 1024 * 1024;

    private static readonly Script DequeueScript = Script.Load("dequeue.lua");
    private static readonly Script QuarantineScript = Script.Load("quarantine.lua");

    // By queue: the owner, and the latest lease expiry, of a fetch that may have leased tasks and was never answered.
    private readonly ConcurrentDictionary<string, (string Owner, DateTimeOffset Expiry)> _unanswered =
        new(StringComparer.Ordinal);

    /// <summary>
    /// Fetches up to <paramref name="max"/> tasks of a queue, oldest first, and leases them for <paramref name="lease"/>.
    /// A paused or empty queue gives none; a batch ends at 1 MiB of messages. What an earlier call leased without its answer
    /// having come is given first, all of it, even if that is more than <paramref name="max"/>: nobody else knows of it.
    /// </summary>
    /// <exception cref="ArgumentException">That cannot be a queue's name.</exception>
    internal async Task<FetchResult> DequeueAsync(string queue, int max, TimeSpan lease, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        if (max <= 0)
        {
            return FetchResult.Empty;
        }

        (string Owner, DateTimeOffset Expiry)? earlier = _unanswered.TryRemove(queue, out var asked) ? asked : null;
        var owner = earlier?.Owner ?? Guid.NewGuid().ToString("N");
        var tasks = new List<LeasedTask>();
        var quarantined = new List<string>();
        var dropped = 0;
        bool more;
        bool endedEarly;
        do
        {
            var expiry = Now + lease;
            var reply = await DequeueOnceAsync(keys, max, expiry, owner, earlier?.Expiry, ct).ConfigureAwait(false);
            earlier = null;
            dropped += (int)reply[1];
            quarantined.AddRange(((RedisValue[]?)reply[2] ?? []).Select(id => id.ToString()));
            var fetched = (RedisValue[]?)reply[3] ?? [];
            await DecodeAsync(keys, fetched, owner, expiry, tasks, quarantined).ConfigureAwait(false);

            // Where nothing readable came, the queue may hold more nevertheless: it must not look empty.
            endedEarly = (int)reply[0] != 0;
            more = endedEarly || fetched.Length > 0;
        }
        while (more && tasks.Count == 0);
        return new FetchResult(tasks, dropped, quarantined, endedEarly);
    }

    private async Task<RedisResult[]> DequeueOnceAsync(
        QueueKeys queue, int max, DateTimeOffset expiry, string owner, DateTimeOffset? askedBefore, CancellationToken ct)
    {
        var now = Now;
        RedisKey[] keys =
        [
            queue.Pending, queue.Active, queue.Lease, queue.Groups, queue.Archived, queue.Paused,
            queue.Processed, queue.Failed, queue.ProcessedOn(now), queue.FailedOn(now),
        ];
        RedisValue[] args =
        [
            queue.TaskPrefix, queue.GroupPrefix, queue.UniquePrefix, max, MostBytesPerFetch, UnixSeconds(expiry), owner,
            UnixSeconds(now), DayExpiry(now), Archive.MaxSizeOf(queue.Name), ArchiveCutoff(now),
            askedBefore is { } before ? UnixSeconds(before) : "",
        ];
        try
        {
            return await RunListAsync(DequeueScript, queue, keys, args, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsBrokenConnection(exception))
        {
            var latest = askedBefore > expiry ? askedBefore.Value : expiry;
            args[^1] = UnixSeconds(latest);
            return await FetchAgainAsync(queue, keys, args, owner, latest).ConfigureAwait(false);
        }
        catch when (askedBefore is not null)
        {
            _unanswered[queue.Name] = (owner, askedBefore.Value);
            throw;
        }
    }

    /// <summary>
    /// The first attempt may have leased tasks to this owner: they are its own, not to be left to the recoverer, which would
    /// count a failure. So it is repeated whatever the caller wants by now; and if this is not answered either, by the next
    /// fetch.
    /// </summary>
    private async Task<RedisResult[]> FetchAgainAsync(
        QueueKeys queue, RedisKey[] keys, RedisValue[] args, string owner, DateTimeOffset latest)
    {
        try
        {
            return await RunListAsync(DequeueScript, queue, keys, args, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            _unanswered[queue.Name] = (owner, latest);
            throw;
        }
    }

    private async Task DecodeAsync(
        QueueKeys queue,
        RedisValue[] fetched,
        string owner,
        DateTimeOffset expiry,
        List<LeasedTask> tasks,
        List<string> quarantined)
    {
        for (var i = 0; i + 2 < fetched.Length; i += 3)
        {
            var id = fetched[i].ToString();
            if (Decode(queue.Name, id, (byte[])fetched[i + 1]!, out var fault) is { } message)
            {
                tasks.Add(new LeasedTask(message, owner, expiry) { PendingSince = PendingSince(fetched[i + 2]) });
            }
            else if (await QuarantineAsync(queue, id, owner, fault).ConfigureAwait(false))
            {
                quarantined.Add(id);
            }
        }
    }

    /// <summary>The message of a task; <c>null</c>, with the reason, where it cannot be that.</summary>
    private static TaskMessage? Decode(string queue, string id, byte[] bytes, out string fault)
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

        if (message.Id != id || message.Queue != queue)
        {
            fault = $"the message is of task '{message.Id}' in queue '{message.Queue}'";
            return null;
        }

        fault = "";
        return message;
    }

    private static DateTimeOffset? PendingSince(RedisValue nanoseconds) => nanoseconds.TryParse(out long since)
        ? DateTimeOffset.UnixEpoch.AddTicks(since / NanosecondsPerTick)
        : null;

    private async Task<bool> QuarantineAsync(QueueKeys queue, string id, string owner, string reason)
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
