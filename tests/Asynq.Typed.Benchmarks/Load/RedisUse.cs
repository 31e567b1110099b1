using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What scripts cost Redis, by <c>INFO commandstats</c>.</summary>
/// <param name="Calls">How many script calls it served.</param>
/// <param name="Microseconds">The time that it spent in them.</param>
/// <param name="CpuMicroseconds">The processor time that its main thread took in all, by <c>INFO cpu</c>.</param>
internal readonly record struct RedisUse(long Calls, long Microseconds, double CpuMicroseconds)
{
    internal static async Task<RedisUse> ReadAsync(IServer server)
    {
        var use = new RedisUse(0, 0, await CpuAsync(server));
        foreach (var (name, value) in (await server.InfoAsync("commandstats")).SelectMany(section => section))
        {
            if (name is "cmdstat_evalsha" or "cmdstat_eval")
            {
                use = use with
                {
                    Calls = use.Calls + Figure(value, "calls="), Microseconds = use.Microseconds + Figure(value, "usec="),
                };
            }
        }

        return use;
    }

    public static RedisUse operator -(RedisUse later, RedisUse earlier) =>
        new(later.Calls - earlier.Calls, later.Microseconds - earlier.Microseconds, later.CpuMicroseconds - earlier.CpuMicroseconds);

    public static RedisUse operator +(RedisUse one, RedisUse other) =>
        new(one.Calls + other.Calls, one.Microseconds + other.Microseconds, one.CpuMicroseconds + other.CpuMicroseconds);

    private static async Task<double> CpuAsync(IServer server) =>
        (await server.InfoAsync("cpu")).SelectMany(section => section)
            .Where(pair => pair.Key is "used_cpu_sys_main_thread" or "used_cpu_user_main_thread")
            .Sum(pair => double.Parse(pair.Value, CultureInfo.InvariantCulture)) * 1_000_000;

    private static long Figure(string value, string name)
    {
        var from = value.IndexOf(name, StringComparison.Ordinal) + name.Length;
        var end = value.IndexOf(',', from);
        return long.Parse(value.AsSpan(from, end - from), CultureInfo.InvariantCulture);
    }
}
