using System.Globalization;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What this process has used, by the counters of the system and of the runtime.</summary>
/// <param name="Threads">Processor time of each thread in microseconds, by its id; empty where the system is not Linux.</param>
/// <param name="WorkItems">Work items of the thread pool: the hops.</param>
/// <param name="Contentions">Locks that were waited for.</param>
/// <param name="PauseMicroseconds">Time that the garbage collector held everything up.</param>
internal sealed record ClientUse(
    IReadOnlyDictionary<int, ThreadUse> Threads, long WorkItems, long Contentions, double PauseMicroseconds)
{
    private const string Tasks = "/proc/self/task";

    internal static ClientUse Read() => new(
        ReadThreads(),
        ThreadPool.CompletedWorkItemCount,
        Monitor.LockContentionCount,
        GC.GetTotalPauseDuration().TotalMicroseconds);

    /// <summary>What was used in between. Threads that have ended meanwhile are left out.</summary>
    public static ClientUse operator -(ClientUse later, ClientUse earlier) => new(
        later.Threads.ToDictionary(
            thread => thread.Key,
            thread => thread.Value with
            {
                Microseconds = thread.Value.Microseconds - earlier.Threads.GetValueOrDefault(thread.Key).Microseconds,
            }),
        later.WorkItems - earlier.WorkItems,
        later.Contentions - earlier.Contentions,
        later.PauseMicroseconds - earlier.PauseMicroseconds);

    /// <summary>The share of one task of so many.</summary>
    internal ClientShare For(long tasks) => new(
        Threads.Values.GroupBy(thread => thread.Kind, thread => thread.Microseconds)
            .ToDictionary(kind => kind.Key, kind => kind.Sum() / tasks),
        WorkItems / (double)tasks,
        Contentions / (double)tasks,
        PauseMicroseconds / tasks);

    private static Dictionary<int, ThreadUse> ReadThreads()
    {
        var used = new Dictionary<int, ThreadUse>();
        if (!Directory.Exists(Tasks))
        {
            return used;
        }

        foreach (var thread in Directory.GetDirectories(Tasks))
        {
            try
            {
                var name = File.ReadAllText(Path.Combine(thread, "comm")).Trim();
                var nanoseconds = double.Parse(
                    File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
                used[int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture)] = new ThreadUse(name, nanoseconds / 1_000);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return used;
    }
}
