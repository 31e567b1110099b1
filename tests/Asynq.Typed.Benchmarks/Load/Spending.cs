using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What Redis and this process have spent so far; the difference of two is what a run cost.</summary>
/// <param name="At">When, by the stopwatch.</param>
/// <param name="Scripts">What scripts cost Redis.</param>
/// <param name="RedisCpu">The processor time of Redis, in microseconds.</param>
/// <param name="OwnCpu">The processor time of this process, in microseconds.</param>
/// <param name="Bytes">What this process has allocated.</param>
internal readonly record struct Spending(double At, RedisUse Scripts, double RedisCpu, double OwnCpu, long Bytes)
{
    internal static async Task<Spending> ReadAsync(IServer server)
    {
        var scripts = await RedisUse.ReadAsync(server);
        var cpu = (await server.InfoAsync("cpu")).SelectMany(section => section)
            .Where(pair => pair.Key is "used_cpu_user" or "used_cpu_sys")
            .Sum(pair => double.Parse(pair.Value, CultureInfo.InvariantCulture));
        return new Spending(
            Stopwatch.GetElapsedTime(0).TotalMicroseconds,
            scripts,
            cpu * 1e6,
            Environment.CpuUsage.TotalTime.TotalMicroseconds,
            GC.GetTotalAllocatedBytes());
    }

    public static Spending operator -(Spending later, Spending earlier) => new(
        later.At - earlier.At,
        later.Scripts - earlier.Scripts,
        later.RedisCpu - earlier.RedisCpu,
        later.OwnCpu - earlier.OwnCpu,
        later.Bytes - earlier.Bytes);
}
