using System.Globalization;
using Asynq.Typed.Torture.Processes;
using Asynq.Typed.Torture.Tasks;

namespace Asynq.Typed.Torture.Faults;

/// <summary>What happens to processes.</summary>
internal static class WorkerFaults
{
    private const int Burst = 80;

    private static readonly TimeSpan UntilFetched = TimeSpan.FromMilliseconds(500);

    private static int _last;

    private static readonly TimeSpan SlowMotion = TimeSpan.FromMilliseconds(150);

    public static IEnumerable<Fault> All =>
    [
        new("kill-worker", Lane.Workers, (stage, random) => KillAsync(stage, "kill-worker", stage.Workers, random)),
        new("kill-two", Lane.Workers, KillTwoAsync),
        new(FaultLog.Terminate, Lane.Workers, TerminateAsync),
        new("freeze-worker", Lane.Workers, FreezeAsync),
        new("freeze-fetch", Lane.Workers, FreezeInFetchAsync),
        new("kill-producer", Lane.Workers, (stage, random) => KillAsync(stage, "kill-producer", stage.Producers, random)),
        new("kill-scheduler", Lane.Workers, KillAtTickAsync),
    ];

    /// <summary>One time in two while all that it asks of Redis takes long, so that it dies between any two steps.</summary>
    private static async Task KillAsync(Stage stage, string fault, IReadOnlyList<Role> roles, Random random, TimeSpan? after = null)
    {
        var wait = after ?? SlowMotion * 3;
        var isSlow = random.Next(2) == 0;
        if (Pick(roles, random) is not var (role, process))
        {
            return;
        }

        using var log = stage.Log.Begin(fault, Role.NameOf(role.Name, process), isSlow ? "in slow motion" : "");
        using var slow = isSlow ? stage.Topology.Slow(SlowMotion) : null;
        if (wait > TimeSpan.Zero && (isSlow || after is not null))
        {
            await stage.WaitAsync(wait);
        }

        process.Kill();
    }

    private static async Task KillTwoAsync(Stage stage, Random random)
    {
        await KillAsync(stage, "kill-two", stage.Workers, random);
        await KillAsync(stage, "kill-two", stage.Workers, random);
    }

    /// <summary>Kills a scheduler when it is about to enqueue a tick, or is just doing so, or has just done it.</summary>
    private static async Task KillAtTickAsync(Stage stage, Random random)
    {
        const long Tick = Nodes.SchedulerNode.TickSeconds * 1_000_000L;
        var about = random.Next(-100_000, 100_000);
        var now = Ledgers.Ledger.Now;

        // Not one that is so near that slow motion would have to begin before now.
        var at = (((now / Tick) + 2) * Tick) + about;
        await stage.WaitAsync(TimeSpan.FromMicroseconds(at - now) - (SlowMotion * 3));
        await KillAsync(stage, "kill-scheduler", stage.Schedulers, random, TimeSpan.FromMicroseconds(at - Ledgers.Ledger.Now));
    }

    private static async Task TerminateAsync(Stage stage, Random random)
    {
        if (Pick(stage.Workers, random) is var (role, process))
        {
            using var log = stage.Log.Begin(FaultLog.Terminate, Role.NameOf(role.Name, process));
            process.Terminate();
            await Task.WhenAny(process.Exited, stage.WaitAsync(stage.Timings.ShutdownTimeout + TimeSpan.FromSeconds(60)));
        }
    }

    private static async Task FreezeAsync(Stage stage, Random random)
    {
        // Mostly until others run its tasks; else so short that it still owns them when it wakes, or has lost them just then.
        var time = random.Next(4) switch
        {
            0 => stage.Timings.Lease * random.NextDouble(),
            1 => stage.Timings.Lease + (stage.Timings.Grace * random.NextDouble()),
            _ => stage.Timings.Lease + stage.Timings.Grace
                + ((stage.Timings.Recoverer + TimeSpan.FromSeconds(4)) * random.NextDouble()),
        };
        if (Pick(stage.Workers, random) is var (role, process))
        {
            using var log = stage.Log.Begin("freeze-worker", Role.NameOf(role.Name, process), $"{time.TotalSeconds:0.0} s");

            // So that it is in the middle of some, which are still others' when it wakes.
            await EnqueueAsync(stage, random, Ways.Slow);
            await stage.WaitAsync(UntilFetched);
            process.Freeze();
            await stage.WaitAsync(time);
            process.Thaw();
        }
    }

    /// <summary>
    /// Freezes a worker while answers to it are on their way: when it wakes it finds tasks that it was given long ago.
    /// </summary>
    private static async Task FreezeInFetchAsync(Stage stage, Random random)
    {
        var onTheWay = TimeSpan.FromMilliseconds(300);
        if (Pick(stage.Workers, random) is not var (role, process))
        {
            return;
        }

        using var log = stage.Log.Begin("freeze-fetch", Role.NameOf(role.Name, process), $"{stage.Timings.PastLease.TotalSeconds:0.0} s");
        using (stage.Topology.Slow(onTheWay))
        {
            // So many that the answers that are held back have as many tasks as the worker takes.
            await EnqueueAsync(stage, random, Ways.Plain);

            // They have heard that there are tasks, have asked for them, and the answers come.
            await stage.WaitAsync(onTheWay * 1.5);
            process.Freeze();
        }

        await stage.WaitAsync(stage.Timings.PastLease);
        process.Thaw();
    }

    /// <summary>As many tasks as all workers take together, and some more.</summary>
    private static Task EnqueueAsync(Stage stage, Random random, string way)
    {
        return Task.WhenAll(Enumerable.Range(0, way == Ways.Slow ? Burst / 4 : Burst).Select(_ => EnqueueOneAsync()).ToList());

        Task EnqueueOneAsync()
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"burst.{Interlocked.Increment(ref _last)}");
            var options = new EnqueueOptions { TaskId = id, Queue = stage.Queues[random.Next(stage.Queues.Count)] };
            var milliseconds = way == Ways.Slow ? random.Next(2_000, 4_000) : random.Next(200, 800);
            return stage.Client.EnqueueAsync(TaskMix.ChoreOf(id, way, way, 0, options, milliseconds));
        }
    }

    private static (Role Role, ChildProcess Process)? Pick(IReadOnlyList<Role> roles, Random random)
    {
        // Drawn before it is looked at, so that the schedule is the same whatever lives at the moment.
        var role = roles[random.Next(roles.Count)];
        return role.Process is { IsFrozen: false } process ? (role, process) : null;
    }
}
