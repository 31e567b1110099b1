namespace Asynq.Typed.Torture.Topologies;

/// <summary>One redis-server with an append-only file that is written before a reply is sent.</summary>
internal sealed class SingleTopology(string folder) : Topology
{
    private readonly RedisNode _node = RedisNode.Redis("redis", folder);

    public override string Name => "single";

    public override string ConnectionString => $"127.0.0.1:{_node.Proxy.Port}";

    public override string ProbeString => $"127.0.0.1:{_node.Port}";

    public override IReadOnlyList<RedisNode> Nodes => [_node];

    public override Task StartAsync() => _node.StartAsync();
}
