using Asynq.Typed.Torture.Nodes;

namespace Asynq.Typed.Torture.Topologies;

/// <summary>The embedded server with a data directory, in a process of its own.</summary>
internal sealed class EmbeddedTopology(string folder) : Topology
{
    private readonly RedisNode _node = new(
        "embedded",
        folder,
        Environment.ProcessPath!,
        node =>
        [
            "embedded",
            new NodeSettings { Name = node.Name, Port = node.Port, DataDirectory = node.Directory }.ToString(),
        ]);

    public override string Name => "embedded";

    public override string ConnectionString => $"127.0.0.1:{_node.Proxy.Port}";

    public override string ProbeString => $"127.0.0.1:{_node.Port}";

    public override IReadOnlyList<RedisNode> Nodes => [_node];

    public override bool IsRedis => false;

    public override Task StartAsync() => _node.StartAsync();
}
