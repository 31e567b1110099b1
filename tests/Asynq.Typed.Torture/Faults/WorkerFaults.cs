using Asynq.Typed.Torture.Processes;

namespace Asynq.Typed.Torture.Faults;

/// <summary>What happens to processes.</summary>
internal static class WorkerFaults
{
    private static readonly TimeSpan SlowMotion = TimeSpan.FromMilliseconds(150);

    public static IEnumerable<Fault> All =>
    [
        new("kill-worker", Lane.Workers, (stage, random) => KillAsync(stage, "kill-worker", stage.Workers, random)),
        new("kill-two", Lane.Workers, KillTwoAsync),
        new("term-worker", Lane.Workers, TerminateAsync),
        new("freeze-worker", Lane.Workers, FreezeAsync),
        new("freeze-fetch", Lane.Workers, FreezeInFetchAsync),
        new("kill-producer", Lane.Workers, (stage, random) => KillAsync(stage, "kill-producer", stage.Producers, random)),
        new("kill-scheduler", Lane.Workers, (stage, random) => KillAsync(stage, "kill-scheduler", stage.Schedulers, random)),
    ];

    /// <summary>One time in two while all that it asks of Redis takes long, so that it dies between any two steps.</summary>
    private static async Task KillAsync(Stage stage, string fault, IReadOnlyList<Role> roles, Random random)
    {
        var isSlow = random.Next(2) == 0;
        if (Pick(roles, random) is not var (role, process))
        {
            return;
        }

        using var log = stage.Log.Begin(fault, Role.NameOf(role.Name, process), isSlow ? "in slow motion" : "");
        if (isSlow)
        {
            SetDelay(stage, SlowMotion);
            await stage.WaitAsync(SlowMotion * 3);
        }

        process.Kill();
        if (isSlow)
        {
            SetDelay(stage, TimeSpan.Zero);
        }
    }

    private static async Task KillTwoAsync(Stage stage, Random random)
    {
        await KillAsync(stage, "kill-two", stage.Workers, random);
        await KillAsync(stage, "kill-two", stage.Workers, random);
    }

    private static async Task TerminateAsync(Stage stage, Random random)
    {
        if (Pick(stage.Workers, random) is var (role, process))
        {
            using var log = stage.Log.Begin("term-worker", Role.NameOf(role.Name, process));
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
        SetDelay(stage, onTheWay);
        await stage.WaitAsync(onTheWay * 2);
        process.Freeze();
        SetDelay(stage, TimeSpan.Zero);
        await stage.WaitAsync(stage.Timings.PastLease);
        process.Thaw();
    }

    private static void SetDelay(Stage stage, TimeSpan delay)
    {
        foreach (var node in stage.Topology.Nodes)
        {
            node.Proxy.Delay = delay;
        }
    }

    private static (Role Role, ChildProcess Process)? Pick(IReadOnlyList<Role> roles, Random random)
    {
        // Drawn before it is looked at, so that the schedule is the same whatever lives at the moment.
        var role = roles[random.Next(roles.Count)];
        return role.Process is { IsFrozen: false } process ? (role, process) : null;
    }
}
