using System.Globalization;
using System.Security.Cryptography;
using Asynq.Typed.Rules;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>Every key and channel that is not of one queue, and the way to those of a queue. No other file names keys.</summary>
internal static class Keys
{
    /// <summary>Set: every queue ever used.</summary>
    internal const string Queues = "asynq:queues";

    /// <summary>Sorted set: keys of server entries by expiry.</summary>
    internal const string Servers = "asynq:servers";

    /// <summary>Sorted set: keys of worker entries by expiry.</summary>
    internal const string Workers = "asynq:workers";

    /// <summary>Sorted set: keys of scheduler entries by expiry.</summary>
    internal const string Schedulers = "asynq:schedulers";

    /// <summary>Channel: ids of tasks to cancel.</summary>
    internal const string CancelChannel = "asynq:cancel";

    /// <summary>The keys of one queue.</summary>
    /// <exception cref="ArgumentException">The name is blank, has a brace, or is not valid UTF-16.</exception>
    internal static QueueKeys Of(string queue) => new(queue);

    /// <summary>String: a server's <see cref="ServerInfo"/>.</summary>
    internal static string Server(string host, int pid, string serverId) => $"asynq:servers:{Instance(host, pid, serverId)}";

    /// <summary>Hash: task id to <see cref="WorkerInfo"/>, of one server.</summary>
    internal static string WorkersOf(string host, int pid, string serverId) =>
        $"asynq:workers:{Instance(host, pid, serverId)}";

    /// <summary>String, ours: a server's build id and the task types that it handles.</summary>
    internal static string ServerDetail(string host, int pid, string serverId) =>
        $"asynq:x:server:{Instance(host, pid, serverId)}";

    /// <summary>List: one scheduler's <see cref="SchedulerEntry"/> messages.</summary>
    internal static string SchedulerEntries(string schedulerId) => $"asynq:schedulers:{{{schedulerId}}}";

    /// <summary>Sorted set: <see cref="SchedulerEnqueueEvent"/> messages of one entry by time.</summary>
    internal static string SchedulerHistory(string entryId) => $"asynq:scheduler_history:{entryId}";

    /// <summary>Sorted set: task ids that hold a counting semaphore, by deadline.</summary>
    internal static string Semaphore(string scope) => $"asynq:sema:{scope}";

    private static string Instance(string host, int pid, string serverId) =>
        string.Create(CultureInfo.InvariantCulture, $"{{{host}:{pid}:{serverId}}}");
}

/// <summary>The keys and channels of one queue. All share the hash tag <c>{queue}</c>, so one cluster slot.</summary>
internal sealed class QueueKeys
{
    internal QueueKeys(string queue)
    {
        RequireName(queue);
        Name = queue;
        Prefix = $"asynq:{{{queue}}}:";
        Pending = Prefix + "pending";
        Active = Prefix + "active";
        Lease = Prefix + "lease";
        Scheduled = Prefix + "scheduled";
        Retry = Prefix + "retry";
        Archived = Prefix + "archived";
        Completed = Prefix + "completed";
        Paused = Prefix + "paused";
        Processed = Prefix + "processed";
        Failed = Prefix + "failed";
        Groups = Prefix + "groups";
        AggregationSets = Prefix + "aggregation_sets";
        TaskPrefix = Prefix + "t:";
        GroupPrefix = Prefix + "g:";
        UniquePrefix = Prefix + "unique:";
        Lock = Prefix + "x:lock";
        WakeChannel = Prefix + "wake";
    }

    internal string Name { get; }

    /// <exception cref="ArgumentException">That cannot be a queue's name.</exception>
    internal static void RequireName(string queue)
    {
        if (QueueName.Fault(queue) is { } fault)
        {
            throw new ArgumentException($"Queue name '{queue}' {fault}.", nameof(queue));
        }

        Utf16.Require(queue, "Queue name", nameof(queue));
    }

    /// <summary><c>asynq:{queue}:</c>, with which every key of the queue starts.</summary>
    internal string Prefix { get; }

    /// <summary>List: ids that wait for a worker; the oldest is on the right.</summary>
    internal RedisKey Pending { get; }

    /// <summary>List: ids that a worker holds.</summary>
    internal RedisKey Active { get; }

    /// <summary>Sorted set: active ids by lease expiry.</summary>
    internal RedisKey Lease { get; }

    /// <summary>Sorted set: ids by due time.</summary>
    internal RedisKey Scheduled { get; }

    /// <summary>Sorted set: ids that failed, by due time.</summary>
    internal RedisKey Retry { get; }

    /// <summary>Sorted set: ids by time of death.</summary>
    internal RedisKey Archived { get; }

    /// <summary>Sorted set: ids by the time at which they may be deleted.</summary>
    internal RedisKey Completed { get; }

    /// <summary>String: exists while the queue is paused.</summary>
    internal RedisKey Paused { get; }

    /// <summary>String: tasks processed, ever.</summary>
    internal RedisKey Processed { get; }

    /// <summary>String: attempts failed, ever.</summary>
    internal RedisKey Failed { get; }

    /// <summary>Set: names of groups with tasks waiting.</summary>
    internal RedisKey Groups { get; }

    /// <summary>Sorted set: keys of aggregation sets by deadline.</summary>
    internal RedisKey AggregationSets { get; }

    /// <summary>What stands before a task's id in the key of its hash.</summary>
    internal string TaskPrefix { get; }

    /// <summary>What stands before a group's name in the key of its sorted set.</summary>
    internal string GroupPrefix { get; }

    /// <summary>What every unique lock of the queue starts with.</summary>
    internal string UniquePrefix { get; }

    /// <summary>Ours: the last declared key of every script, by which Garnet isolates them from each other.</summary>
    internal RedisKey Lock { get; }

    /// <summary>Channel, ours: a hint that pending is no longer empty.</summary>
    internal string WakeChannel { get; }

    /// <summary>Hash: one task.</summary>
    internal RedisKey Task(string id) => TaskPrefix + id;

    /// <summary>Sorted set: ids that wait in a group, by arrival.</summary>
    internal RedisKey Group(string group) => GroupPrefix + group;

    /// <summary>Sorted set: ids that are being aggregated.</summary>
    internal RedisKey AggregationSet(string group, string setId) => $"{GroupPrefix}{group}:{setId}";

    /// <summary>String: tasks processed on one UTC day.</summary>
    internal RedisKey ProcessedOn(DateTimeOffset day) => $"{Prefix}processed:{Day(day)}";

    /// <summary>String: attempts failed on one UTC day.</summary>
    internal RedisKey FailedOn(DateTimeOffset day) => $"{Prefix}failed:{Day(day)}";

    /// <summary>
    /// String: a uniqueness lock. A <c>null</c> payload gives a key that ends in the colon behind the type; an empty one
    /// does not.
    /// </summary>
    internal string Unique(string type, byte[]? payload) =>
        UniqueByDigest(type, payload is null ? "" : Md5(payload));

    /// <summary>String: a uniqueness lock whose digest somebody else has made.</summary>
    /// <param name="type">The task's type.</param>
    /// <param name="digest">32 hexadecimal digits, as an MD5 has them.</param>
    internal string UniqueByDigest(string type, string digest) => $"{UniquePrefix}{type}:{digest}";

    /// <summary>String, ours: exists once a scheduler entry's tick has been enqueued.</summary>
    /// <param name="entryDigest">SHA-256, in hexadecimal, of what tells the entry from others.</param>
    /// <param name="unixSeconds">The tick's time.</param>
    internal string Tick(string entryDigest, long unixSeconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}x:tick:{entryDigest}:{unixSeconds}");

    /// <summary>String, ours: the time, in Unix seconds, of the newest tick of a scheduler entry that was enqueued.</summary>
    /// <param name="entryDigest">As that of <see cref="Tick"/>, whose key is this one and the tick's time.</param>
    internal RedisKey LastTick(string entryDigest) => $"{Prefix}x:tick:{entryDigest}";

    /// <summary>String, ours: which of a caller's latest enqueues have been made.</summary>
    internal RedisKey CallMarks(string caller) => $"{Prefix}x:calls:{caller}";

    /// <summary>String, ours: the number of the latest fetch of a caller's that was served as a repetition.</summary>
    internal RedisKey FetchMark(string caller) => $"{Prefix}x:fetches:{caller}";

    private static string Day(DateTimeOffset day) =>
        day.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

#pragma warning disable CA5351 // MD5 is the wire protocol here, not a protection
    private static string Md5(byte[] payload) => Convert.ToHexStringLower(MD5.HashData(payload));
#pragma warning restore CA5351
}
