using Asynq.Typed.Torture.Topologies;

namespace Asynq.Typed.Torture.Faults;

/// <summary>What happens to the servers.</summary>
internal static class RedisFaults
{
    private const string Failover = "failover";

    /// <summary>Those that a topology can have.</summary>
    public static IEnumerable<Fault> For(Topology topology) => All().Where(fault => fault.Name switch
    {
        "client-pause" or "maxmemory" => topology.IsRedis,
        Failover => topology.FailsOver,
        FaultLog.Move => topology is ClusterTopology,
        _ => true,
    });

    /// <summary>Those of all topologies. The lengths of pauses are taken in turn, so that a run of some minutes has each.</summary>
    public static IEnumerable<Fault> All()
    {
        var (paused, clientPaused) = (0, 1);
        return
        [
            new("kill-redis", Lane.Redis, KillAsync),
            new("pause-redis", Lane.Redis, (stage, random) => PauseAsync(stage, random, paused++)),
            new("client-pause", Lane.Redis, (stage, random) => ClientPauseAsync(stage, random, clientPaused++)),
            new("maxmemory", Lane.Redis, FillAsync),
            new(Failover, Lane.Redis, FailOverAsync),
            new(FaultLog.Move, Lane.Redis, MoveAsync),
        ];
    }

    private static async Task KillAsync(Stage stage, Random random)
    {
        // Where a replica may take over it is mostly given the time to.
        var down = TimeSpan.FromMilliseconds(random.Next(100, 2_500)) * (stage.Topology.FailsOver ? 5 : 1);
        var node = await PrimaryAsync(stage, random);
        using var log = stage.Log.Begin("kill-redis", FaultLog.Everybody, $"{node.Name}, {down.TotalSeconds:0.0} s");
        await node.KillAsync();
        await stage.WaitAsync(down);
        await stage.Topology.ReviveAsync();
    }

    private static async Task PauseAsync(Stage stage, Random random, int turn)
    {
        var time = stage.Timings.Pauses[turn % stage.Timings.Pauses.Count];
        var node = await PrimaryAsync(stage, random);
        using var log = stage.Log.Begin("pause-redis", FaultLog.Everybody, $"{node.Name}, {time.TotalSeconds:0.0} s");
        node.Freeze();
        await stage.WaitAsync(time);
        await stage.Topology.ReviveAsync();
    }

    // Unlike a frozen one, it still accepts connections.
    private static async Task ClientPauseAsync(Stage stage, Random random, int turn)
    {
        var time = stage.Timings.Pauses[turn % stage.Timings.Pauses.Count];
        var node = await PrimaryAsync(stage, random);
        using var log = stage.Log.Begin("client-pause", FaultLog.Everybody, $"{node.Name}, {time.TotalSeconds:0.0} s");
        await node.AskAsync("CLIENT", "PAUSE", RedisNode.Text((int)time.TotalMilliseconds), "ALL");

        // To its end, even where the run is over before: what takes a pause back is paused, too.
        await Task.Delay(time, CancellationToken.None);
    }

    private static async Task FillAsync(Stage stage, Random random)
    {
        var time = TimeSpan.FromMilliseconds(random.Next(500, 3_000));
        var node = await PrimaryAsync(stage, random);
        using var log = stage.Log.Begin("maxmemory", FaultLog.Everybody, $"{node.Name}, {time.TotalSeconds:0.0} s");
        await node.AskAsync("CONFIG", "SET", "maxmemory", "1");
        await stage.WaitAsync(time);
        await node.AskAsync("CONFIG", "SET", "maxmemory", "0");
    }

    private static async Task FailOverAsync(Stage stage, Random random)
    {
        using var log = stage.Log.Begin(Failover, FaultLog.Everybody);
        await stage.Topology.FailOverAsync(random);
        await stage.WaitAsync(TimeSpan.FromSeconds(3));
        await stage.Topology.ReviveAsync();
    }

    private static async Task MoveAsync(Stage stage, Random random)
    {
        var queue = stage.Queues[random.Next(stage.Queues.Count)];
        using var log = stage.Log.Begin(FaultLog.Move, FaultLog.Everybody, queue);
        await stage.Topology.MoveQueueAsync(queue, random);
    }

    private static async Task<RedisNode> PrimaryAsync(Stage stage, Random random)
    {
        var drawn = random.NextDouble();
        var primaries = await stage.Topology.PrimariesAsync() ?? stage.Topology.Nodes;
        return primaries[(int)(drawn * primaries.Count)];
    }
}
