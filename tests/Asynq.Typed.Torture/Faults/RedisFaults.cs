using Asynq.Typed.Torture.Topologies;

namespace Asynq.Typed.Torture.Faults;

/// <summary>What happens to the servers.</summary>
internal static class RedisFaults
{
    public static IEnumerable<Fault> For(Topology topology)
    {
        yield return new("kill-redis", Lane.Redis, KillAsync);
        yield return new("pause-redis", Lane.Redis, PauseAsync);
        if (topology.IsRedis)
        {
            yield return new("client-pause", Lane.Redis, ClientPauseAsync);
            yield return new("maxmemory", Lane.Redis, FillAsync);
        }

        if (topology.FailsOver)
        {
            yield return new("failover", Lane.Redis, FailOverAsync);
        }

        if (topology is ClusterTopology)
        {
            yield return new("move-slot", Lane.Redis, MoveAsync);
        }
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

    private static async Task PauseAsync(Stage stage, Random random)
    {
        var time = stage.Timings.Pauses[random.Next(stage.Timings.Pauses.Count)];
        var node = await PrimaryAsync(stage, random);
        using var log = stage.Log.Begin("pause-redis", FaultLog.Everybody, $"{node.Name}, {time.TotalSeconds:0.0} s");
        node.Freeze();
        await stage.WaitAsync(time);
        await stage.Topology.ReviveAsync();
    }

    // Unlike a frozen one, it still accepts connections.
    private static async Task ClientPauseAsync(Stage stage, Random random)
    {
        var time = stage.Timings.Pauses[random.Next(stage.Timings.Pauses.Count)];
        var node = await PrimaryAsync(stage, random);
        using var log = stage.Log.Begin("client-pause", FaultLog.Everybody, $"{node.Name}, {time.TotalSeconds:0.0} s");
        await node.AskAsync("CLIENT", "PAUSE", RedisNode.Text((int)time.TotalMilliseconds), "ALL");
        await stage.WaitAsync(time);
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
        using var log = stage.Log.Begin("failover", FaultLog.Everybody);
        await stage.Topology.FailOverAsync(random);
        await stage.WaitAsync(TimeSpan.FromSeconds(3));
        await stage.Topology.ReviveAsync();
    }

    private static async Task MoveAsync(Stage stage, Random random)
    {
        var queue = stage.Queues[random.Next(stage.Queues.Count)];
        using var log = stage.Log.Begin("move-slot", FaultLog.Everybody, queue);
        await stage.Topology.MoveQueueAsync(queue, random);
    }

    private static async Task<RedisNode> PrimaryAsync(Stage stage, Random random)
    {
        var drawn = random.NextDouble();
        var primaries = await stage.Topology.PrimariesAsync();
        return primaries[(int)(drawn * primaries.Count)];
    }
}
