using System.Globalization;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What this process has used, by the counters of the system and of the runtime.</summary>
/// <param name="Cpu">Processor time in microseconds, by the kind of thread; empty where the system is not Linux.</param>
/// <param name="WorkItems">Work items of the thread pool: the hops.</param>
/// <param name="Contentions">Locks that were waited for.</param>
/// <param name="PauseMicroseconds">Time that the garbage collector held everything up.</param>
internal sealed record ClientUse(
    IReadOnlyDictionary<string, double> Cpu, long WorkItems, long Contentions, double PauseMicroseconds)
{
    private const string Tasks = "/proc/self/task";

    internal static ClientUse Read() => new(
        Threads(),
        ThreadPool.CompletedWorkItemCount,
        Monitor.LockContentionCount,
        GC.GetTotalPauseDuration().TotalMicroseconds);

    public static ClientUse operator -(ClientUse later, ClientUse earlier) => new(
        later.Cpu.ToDictionary(thread => thread.Key, thread => thread.Value - earlier.Cpu.GetValueOrDefault(thread.Key)),
        later.WorkItems - earlier.WorkItems,
        later.Contentions - earlier.Contentions,
        later.PauseMicroseconds - earlier.PauseMicroseconds);

    /// <summary>The share of one task of so many.</summary>
    internal ClientShare For(long tasks) => new(
        Cpu.ToDictionary(thread => thread.Key, thread => thread.Value / tasks),
        WorkItems / (double)tasks,
        Contentions / (double)tasks,
        PauseMicroseconds / tasks);

    /// <summary>By name; the system cuts those off after 15 characters.</summary>
    private static Dictionary<string, double> Threads()
    {
        var used = new Dictionary<string, double>();
        if (!Directory.Exists(Tasks))
        {
            return used;
        }

        foreach (var thread in Directory.GetDirectories(Tasks))
        {
            try
            {
                var name = File.ReadAllText(Path.Combine(thread, "comm")).Trim();
                var nanoseconds = File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0];
                used[name] = used.GetValueOrDefault(name) + (double.Parse(nanoseconds, CultureInfo.InvariantCulture) / 1_000);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return used;
    }
}
