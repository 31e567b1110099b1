using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>The keys of a call that names figures of the day, by queue: they are made once a day.</summary>
internal sealed class KeysOfDay
{
    private readonly ConcurrentDictionary<string, (int Day, RedisKey[] Keys)> _known = new(StringComparer.Ordinal);

    /// <summary>Those of a queue on that day; <c>null</c> where they have not been made yet.</summary>
    internal RedisKey[]? Find(QueueKeys queue, DateTimeOffset now) =>
        _known.TryGetValue(queue.Name, out var known) && known.Day == DayOf(now) ? known.Keys : null;

    /// <summary>Keeps those of a queue for that day.</summary>
    internal RedisKey[] Keep(QueueKeys queue, DateTimeOffset now, RedisKey[] keys)
    {
        _known[queue.Name] = (DayOf(now), keys);
        return keys;
    }

    private static int DayOf(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime).DayNumber;
}
