using Asynq.Typed.Torture.Processes;

namespace Asynq.Typed.Torture.Faults;

/// <summary>What happens between the servers and those who use them.</summary>
internal static class NetworkFaults
{
    public static IEnumerable<Fault> All =>
    [
        new("cut", Lane.Network, CutAsync),
        new("close", Lane.Network, CloseAsync),
        new("cut-replies", Lane.Network, CutRepliesAsync),
        new("delay", Lane.Network, DelayAsync),
        new(FaultLog.Stall, Lane.Network, StallAsync),
        new("client-kill", Lane.Network, ClientKillAsync),
        new("script-flush", Lane.Network, ScriptFlushAsync),
    ];

    private static Task CutAsync(Stage stage, Random random)
    {
        using var log = stage.Log.Begin("cut", FaultLog.Everybody);
        foreach (var node in stage.Topology.Nodes)
        {
            node.Proxy.Cut();
        }

        return Task.CompletedTask;
    }

    private static async Task CloseAsync(Stage stage, Random random)
    {
        var time = TimeSpan.FromMilliseconds(random.Next(200, 2_000));
        var node = stage.Topology.Nodes[random.Next(stage.Topology.Nodes.Count)];
        using var log = stage.Log.Begin("close", FaultLog.Everybody, $"{node.Name}, {time.TotalSeconds:0.0} s");
        node.Proxy.IsClosed = true;
        node.Proxy.Cut();
        await stage.WaitAsync(time);
        node.Proxy.IsClosed = false;
    }

    private static async Task CutRepliesAsync(Stage stage, Random random)
    {
        var rounds = random.Next(3, 12);
        using var log = stage.Log.Begin("cut-replies", FaultLog.Everybody, $"{rounds} rounds");
        for (var round = 0; round < rounds; round++)
        {
            foreach (var node in stage.Topology.Nodes)
            {
                node.Proxy.CutReplies(random.Next(1, 4));
            }

            await stage.WaitAsync(TimeSpan.FromMilliseconds(random.Next(50, 400)));
        }

        foreach (var node in stage.Topology.Nodes)
        {
            node.Proxy.CutReplies(0);
        }
    }

    private static async Task DelayAsync(Stage stage, Random random)
    {
        var (delay, time) = (TimeSpan.FromMilliseconds(random.Next(20, 400)), TimeSpan.FromMilliseconds(random.Next(1_000, 4_000)));
        using var log = stage.Log.Begin("delay", FaultLog.Everybody, $"{delay.TotalMilliseconds:0} ms for {time.TotalSeconds:0.0} s");
        using var slow = stage.Topology.Slow(delay);
        await stage.WaitAsync(time);
    }

    /// <summary>What was sent in time arrives when others have the task.</summary>
    private static async Task StallAsync(Stage stage, Random random)
    {
        var timings = stage.Timings;
        var time = timings.Lease + timings.Grace + ((timings.Recoverer + TimeSpan.FromSeconds(4)) * random.NextDouble());
        using var log = stage.Log.Begin(FaultLog.Stall, FaultLog.Everybody, $"{time.TotalSeconds:0.0} s");
        var ports = stage.Topology.Nodes.SelectMany(node => node.Proxy.StallSome(random, time)).ToHashSet();
        var stalled = stage.Workers.Concat(stage.Producers).Concat(stage.Schedulers)
            .Select(role => (role.Name, role.Process))
            .Where(role => role.Process is { } process && Sockets.PortsOf(process.Id).Overlaps(ports))
            .Select(role => stage.Log.Begin(FaultLog.Stalled, Role.NameOf(role.Name, role.Process!)))
            .ToList();
        await stage.WaitAsync(time);

        // It may have been cut short: what is told as over must be.
        foreach (var node in stage.Topology.Nodes)
        {
            node.Proxy.EndStalls();
        }

        foreach (var process in stalled)
        {
            process.Dispose();
        }
    }

    private static async Task ClientKillAsync(Stage stage, Random random)
    {
        using var log = stage.Log.Begin("client-kill", FaultLog.Everybody);
        await OnEveryServerAsync(stage, "CLIENT", "KILL", "TYPE", "normal");
        await OnEveryServerAsync(stage, "CLIENT", "KILL", "TYPE", "pubsub");
    }

    private static async Task ScriptFlushAsync(Stage stage, Random random)
    {
        using var log = stage.Log.Begin("script-flush", FaultLog.Everybody);
        for (var round = 0; round < 5; round++)
        {
            await OnEveryServerAsync(stage, "SCRIPT", "FLUSH");
            await stage.WaitAsync(TimeSpan.FromMilliseconds(random.Next(20, 200)));
        }
    }

    // A server that is down or frozen at the moment is left alone: it would only be waited for.
    private static Task<string[]> OnEveryServerAsync(Stage stage, params string[] command) => Task.WhenAll(
        stage.Topology.Nodes.Where(node => !node.IsDown && !node.IsFrozen).Select(node => node.AskAsync(command)));
}
