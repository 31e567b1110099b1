using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What scripts cost Redis, by <c>INFO commandstats</c>.</summary>
/// <param name="Calls">How many script calls it served.</param>
/// <param name="Microseconds">The time that it spent in them.</param>
internal readonly record struct RedisUse(long Calls, long Microseconds)
{
    internal static async Task<RedisUse> ReadAsync(IServer server)
    {
        var use = default(RedisUse);
        foreach (var (name, value) in (await server.InfoAsync("commandstats")).SelectMany(section => section))
        {
            if (name is "cmdstat_evalsha" or "cmdstat_eval")
            {
                use = new RedisUse(use.Calls + Figure(value, "calls="), use.Microseconds + Figure(value, "usec="));
            }
        }

        return use;
    }

    public static RedisUse operator -(RedisUse later, RedisUse earlier) =>
        new(later.Calls - earlier.Calls, later.Microseconds - earlier.Microseconds);

    private static long Figure(string value, string name)
    {
        var from = value.IndexOf(name, StringComparison.Ordinal) + name.Length;
        var end = value.IndexOf(',', from);
        return long.Parse(value.AsSpan(from, end - from), CultureInfo.InvariantCulture);
    }
}
