namespace Asynq.Typed.Torture.Topologies;

/// <summary>The servers of a run, and what can be done to them.</summary>
internal abstract class Topology : IAsyncDisposable
{
    /// <summary>
    /// How long a primary is silent before a replica takes over. So long that a busy machine alone does not bring it about often.
    /// </summary>
    protected static readonly TimeSpan UntilDown = TimeSpan.FromSeconds(4);

    private const int Patience = 180;

    public abstract string Name { get; }

    /// <summary>How users reach it: by its proxies.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>How the run itself looks at it: past the proxies, where clients are not sent back to them.</summary>
    public abstract string ProbeString { get; }

    /// <summary>The servers that hold data, primaries and replicas.</summary>
    public abstract IReadOnlyList<RedisNode> Nodes { get; }

    /// <summary>Whether acknowledged writes can be lost because a replica takes over that has not heard of them.</summary>
    public virtual bool FailsOver => false;

    /// <summary>Whether it is a real Redis, with all of its commands.</summary>
    public virtual bool IsRedis => true;

    public abstract Task StartAsync();

    /// <summary>How many nodes are primaries.</summary>
    public virtual int PrimaryCount => 1;

    /// <summary>How many replicas each primary has, where it has them.</summary>
    public virtual int ReplicaCount => 0;

    /// <summary>The nodes that are primaries now; <c>null</c> where nobody can tell.</summary>
    public virtual Task<IReadOnlyList<RedisNode>?> PrimariesAsync() => Task.FromResult<IReadOnlyList<RedisNode>?>(Nodes);

    /// <summary>Whether a node that took over serves, and those who have a say in it agree.</summary>
    public virtual Task<bool> HasTakenOverAsync(RedisNode node) => Task.FromResult(true);

    /// <summary>Has a replica take over, where there are any. Returns before it has.</summary>
    public virtual Task FailOverAsync(Random random) => Task.CompletedTask;

    /// <summary>Moves a queue to another server, where there are several that hold data.</summary>
    public virtual Task MoveQueueAsync(string queue, Random random) => Task.CompletedTask;

    /// <summary>Holds back all that goes to the servers and comes from them, until the answer is disposed.</summary>
    public IDisposable Slow(TimeSpan delay) => new Several([.. Nodes.Select(node => node.Proxy.Slow(delay))]);

    /// <summary>Undoes what faults may have left, and returns when everybody is served again.</summary>
    public async Task HealAsync()
    {
        foreach (var node in Nodes)
        {
            node.Proxy.Heal();
        }

        await ReviveAsync();
        foreach (var node in Nodes.Where(_ => IsRedis))
        {
            await node.AskAsync("CONFIG", "SET", "maxmemory", "0");
            await node.AskAsync("CLIENT", "UNPAUSE");
        }

        await SettleAsync();
    }

    /// <summary>Starts what was killed, thaws what was frozen, and returns when everybody is served again.</summary>
    public async Task ReviveAsync()
    {
        foreach (var node in Nodes)
        {
            node.Thaw();
            await node.StartAsync();
        }

        await WhenServingAsync();
    }

    /// <summary>Ends what a fault may have left half done, when everybody is served.</summary>
    protected virtual Task SettleAsync() => Task.CompletedTask;

    /// <summary>Waits until the servers agree who serves what.</summary>
    public virtual Task WhenServingAsync() => Task.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }
    }

    protected static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var end = DateTime.UtcNow.AddSeconds(Patience);
        while (!await condition())
        {
            if (DateTime.UtcNow > end)
            {
                throw new TimeoutException($"Not within {Patience} s: {what}.");
            }

            await Task.Delay(100);
        }
    }

    private sealed class Several(IReadOnlyList<IDisposable> parts) : IDisposable
    {
        public void Dispose()
        {
            foreach (var part in parts)
            {
                part.Dispose();
            }
        }
    }
}
