using System.Collections.Immutable;
using Asynq.Typed.Rules;

namespace Asynq.Typed.Server;

/// <summary>The options of a server after they were checked and their defaults applied.</summary>
internal sealed class ServerSettings
{
    // What a timer can wait for at most, less a margin for jitter.
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(24);
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(1);

    // The server's entry lives for two heartbeats, in the whole seconds of a TTL.
    private static readonly TimeSpan ShortestHeartbeat = TimeSpan.FromMilliseconds(500);
    private const int HeartbeatsPerLease = 3;

    private static readonly TimeSpan ShortestGracePeriod = TimeSpan.FromSeconds(GroupLimits.MinGroupGracePeriodSeconds);

    // Redis is told the time before which tasks must have died in whole seconds, and it must be a date.
    private static readonly TimeSpan ShortestArchiveAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestArchiveAge = TimeSpan.FromDays(36_500);

    private ServerSettings(AsynqServerOptions options)
    {
        Options = options;
        Concurrency = options.Concurrency > 0 ? options.Concurrency : Environment.ProcessorCount;
        Queues = QueuesOf(options);
        QueueNames = [.. Queues.Keys];
    }

    /// <summary>The options as they were given.</summary>
    internal AsynqServerOptions Options { get; }

    internal int Concurrency { get; }

    /// <summary>Queue to weight, all positive; in the order of the names, so that servers ask for keys in one order.</summary>
    internal ImmutableSortedDictionary<string, int> Queues { get; }

    internal ImmutableArray<string> QueueNames { get; }

    /// <summary>
    /// Whether the clock is set by Redis' on each heartbeat, as it is where several machines share queues. Tests that turn the
    /// clock leave it alone.
    /// </summary>
    internal bool FollowsRedisClock { get; init; } = true;

    /// <summary>Deadlines within this time are watched by a timer. Later ones are looked at again at the next heartbeat.</summary>
    internal TimeSpan DeadlineSpan => Options.HeartbeatInterval * 2;

    /// <summary>Queues that were given with a weight that leaves them out.</summary>
    internal IEnumerable<string> IgnoredQueues => Options.Queues.Where(queue => queue.Value <= 0).Select(queue => queue.Key);

    /// <exception cref="ArgumentException">The options have faults; the message lists them.</exception>
    internal static ServerSettings From(AsynqServerOptions options, bool followsRedisClock = true)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0
            ? new ServerSettings(options) { FollowsRedisClock = followsRedisClock }
            : throw new ArgumentException(string.Join(" ", faults), nameof(options));
    }

    /// <summary>What is wrong with the options: one sentence for each fault, which names the option.</summary>
    internal static IEnumerable<string> Faults(AsynqServerOptions options) =>
    [
        .. QueueFaults(options),
        .. Interval(options.TaskCheckInterval, nameof(options.TaskCheckInterval)),
        .. Interval(options.DelayedTaskCheckInterval, nameof(options.DelayedTaskCheckInterval)),
        .. Interval(options.HealthCheckInterval, nameof(options.HealthCheckInterval)),
        .. Interval(options.JanitorInterval, nameof(options.JanitorInterval)),
        .. Interval(options.RecovererInterval, nameof(options.RecovererInterval)),
        .. Interval(options.SyncInterval, nameof(options.SyncInterval)),
        .. NotNegative(options.ShutdownTimeout, nameof(options.ShutdownTimeout)),
        .. NotNegative(options.LeaseGrace, nameof(options.LeaseGrace)),
        .. HeartbeatFaults(options),
        .. LeaseFaults(options),
        .. Enum.IsDefined(options.UnhandledTasks)
            ? (string[])[]
            : [$"{nameof(options.UnhandledTasks)} is {options.UnhandledTasks}, which is no policy."],
        .. options.JanitorBatchSize >= 1
            ? (string[])[]
            : [$"{nameof(options.JanitorBatchSize)} is {options.JanitorBatchSize}: it must be at least 1."],
        .. ArchiveFaults(options),
        .. GroupFaults(options),
    ];

    private static ImmutableSortedDictionary<string, int> QueuesOf(AsynqServerOptions options) =>
        options.Queues.Count == 0
            ? ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal).Add(QueueName.Default, 1)
            : options.Queues.Where(queue => queue.Value > 0).ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static IEnumerable<string> QueueFaults(AsynqServerOptions options)
    {
        foreach (var name in options.Queues.Keys)
        {
            if (QueueName.Fault(name) is { } fault)
            {
                yield return $"{nameof(options.Queues)}: the name '{name}' {fault}.";
            }
        }

        if (options.Queues.Count > 0 && options.Queues.Values.All(weight => weight <= 0))
        {
            yield return $"{nameof(options.Queues)}: none of {string.Join(", ", options.Queues.Keys)} has a weight above 0, "
                + "so no task would ever be taken. Give one a weight of 1 or more, or leave the option empty.";
        }
    }

    private static IEnumerable<string> GroupFaults(AsynqServerOptions options) =>
    [
        .. options.GroupGracePeriod >= ShortestGracePeriod && options.GroupGracePeriod <= LongestInterval
            ? (string[])[]
            :
            [
                $"{nameof(options.GroupGracePeriod)} is {options.GroupGracePeriod}: it must be between {ShortestGracePeriod} and "
                + $"{LongestInterval}.",
            ],
        .. NotNegative(options.GroupMaxDelay, nameof(options.GroupMaxDelay)),
        .. options.GroupMaxSize >= 0
            ? (string[])[]
            : [$"{nameof(options.GroupMaxSize)} is {options.GroupMaxSize}: it must be 0 or more."],
    ];

    private static IEnumerable<string> ArchiveFaults(AsynqServerOptions options)
    {
        if (options.ArchiveMaxSize < 1)
        {
            yield return $"{nameof(options.ArchiveMaxSize)} is {options.ArchiveMaxSize}: it must be at least 1.";
        }

        if (options.ArchiveMaxAge < ShortestArchiveAge || options.ArchiveMaxAge > LongestArchiveAge)
        {
            yield return $"{nameof(options.ArchiveMaxAge)} is {options.ArchiveMaxAge}: it must be between {ShortestArchiveAge} "
                + $"and {LongestArchiveAge}.";
        }
    }

    private static IEnumerable<string> HeartbeatFaults(AsynqServerOptions options) =>
        options.HeartbeatInterval >= ShortestHeartbeat && options.HeartbeatInterval <= LongestInterval
            ? []
            :
            [
                $"{nameof(options.HeartbeatInterval)} is {options.HeartbeatInterval}: it must be between {ShortestHeartbeat} "
                + $"and {LongestInterval}.",
            ];

    private static IEnumerable<string> LeaseFaults(AsynqServerOptions options)
    {
        if (options.LeaseDuration < ShortestLease || options.LeaseDuration > LongestInterval)
        {
            yield return $"{nameof(options.LeaseDuration)} is {options.LeaseDuration}: it must be between {ShortestLease} and "
                + $"{LongestInterval}.";
        }
        else if (options.LeaseDuration < options.HeartbeatInterval * HeartbeatsPerLease)
        {
            yield return $"{nameof(options.LeaseDuration)} is {options.LeaseDuration}: it must be at least {HeartbeatsPerLease} × "
                + $"{nameof(options.HeartbeatInterval)} ({options.HeartbeatInterval}), or one late heartbeat loses every task.";
        }
    }

    private static IEnumerable<string> Interval(TimeSpan value, string option) =>
        value > TimeSpan.Zero && value <= LongestInterval
            ? []
            : [$"{option} is {value}: it must be more than zero and at most {LongestInterval}."];

    private static IEnumerable<string> NotNegative(TimeSpan value, string option) =>
        value >= TimeSpan.Zero && value <= LongestInterval
            ? []
            : [$"{option} is {value}: it must be between zero and {LongestInterval}."];
}
