using Asynq.Typed.Torture.Processes;

namespace Asynq.Typed.Torture.Topologies;

/// <summary>
/// A primary with two replicas, and three sentinels. All know each other by their proxies, so clients are sent to those too.
/// </summary>
internal sealed class SentinelTopology : Topology
{
    private const string MasterName = "main";
    private const int Quorum = 2;

    private readonly string _folder;
    private readonly RedisNode[] _nodes;
    private readonly List<(int Port, ChildProcess Process)> _sentinels = [];

    public SentinelTopology(string folder)
    {
        _folder = folder;
        var first = Node("redis-1", []);
        _nodes = [first, Node("redis-2", ["--replicaof", "127.0.0.1", RedisNode.Text(first.Proxy.Port)]),
            Node("redis-3", ["--replicaof", "127.0.0.1", RedisNode.Text(first.Proxy.Port)])];

        RedisNode Node(string name, string[] further) => RedisNode.Redis(
            name,
            folder,
            [
                "--replica-announce-ip", "127.0.0.1", "--replica-announce-port", "{proxy}", "--repl-diskless-sync-delay", "0",
                "--repl-timeout", "10", "--min-replicas-to-write", "1", "--min-replicas-max-lag", "5", .. further,
            ]);
    }

    public override string Name => "sentinel";

    public override string ConnectionString =>
        string.Join(',', _sentinels.Select(sentinel => $"127.0.0.1:{sentinel.Port}")) + $",serviceName={MasterName}";

    public override string ProbeString => ConnectionString;

    public override IReadOnlyList<RedisNode> Nodes => _nodes;

    public override bool FailsOver => true;

    public override async Task StartAsync()
    {
        foreach (var node in _nodes)
        {
            await node.StartAsync();
        }

        await UntilAsync(async () => (await _nodes[0].AskAsync("INFO", "replication"))
            .Split("state=online").Length == _nodes.Length, "the replicas follow the primary");
        while (_sentinels.Count < 3)
        {
            _sentinels.Add(await StartSentinelAsync(_sentinels.Count + 1));
        }

        await WhenServingAsync();
    }

    public override int ReplicaCount => _nodes.Length - 1;

    public override async Task<IReadOnlyList<RedisNode>?> PrimariesAsync()
    {
        foreach (var address in await NamedAsync())
        {
            var named = _nodes.Where(node => IsOf(node, address)).ToList();
            if (named.Count > 0)
            {
                return named;
            }
        }

        return null;
    }

    public override async Task<bool> HasTakenOverAsync(RedisNode node) =>
        (await NamedAsync()).All(address => IsOf(node, address)) && await node.IsPrimaryAsync();

    public override Task FailOverAsync(Random random) =>
        RespCall.AskAsync(_sentinels[random.Next(_sentinels.Count)].Port, "SENTINEL", "FAILOVER", MasterName);

    public override async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _sentinels)
        {
            process.Dispose();
        }

        await base.DisposeAsync();
    }

    /// <summary>All sentinels name one primary, and the others follow it.</summary>
    public override Task WhenServingAsync() => UntilAsync(
        async () =>
        {
            var named = await NamedAsync();
            var info = await Task.WhenAll(_nodes.Select(node => node.AskAsync("INFO", "replication")));
            return named.Distinct().Count() == 1 && named[0].Contains('\n', StringComparison.Ordinal)
                && info.Count(text => text.Contains("role:master", StringComparison.Ordinal)) == 1
                && info.Count(text => text.Contains("master_link_status:up", StringComparison.Ordinal)
                    && text.Contains($"master_port:{named[0].Split('\n')[1].Trim()}", StringComparison.Ordinal)) == _nodes.Length - 1;
        },
        "one primary, and replicas that follow it");

    /// <summary>What each sentinel takes for the primary's address.</summary>
    private Task<string[]> NamedAsync() => Task.WhenAll(_sentinels.Select(sentinel =>
        RespCall.AskAsync(sentinel.Port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MasterName)));

    private static bool IsOf(RedisNode node, string address) =>
        address.EndsWith("\n" + RedisNode.Text(node.Proxy.Port), StringComparison.Ordinal);

    private async Task<(int Port, ChildProcess Process)> StartSentinelAsync(int number)
    {
        var port = Ports.Free();
        var directory = Directory.CreateDirectory(Path.Combine(_folder, $"sentinel-{number}")).FullName;
        var file = Path.Combine(directory, "sentinel.conf");
        await File.WriteAllLinesAsync(
            file,
            [
                $"port {port}", "bind 127.0.0.1", $"dir {directory}",
                $"sentinel monitor {MasterName} 127.0.0.1 {_nodes[0].Proxy.Port} {Quorum}",
                $"sentinel down-after-milliseconds {MasterName} {(int)UntilDown.TotalMilliseconds}",
                $"sentinel failover-timeout {MasterName} 10000",
            ]);
        var process = await ChildProcess.StartAsync(
            Path.Combine(_folder, $"sentinel-{number}.log"), "redis-server", [file, "--sentinel"]);
        await RespCall.UntilAsync(port, UntilDown * 10, answer => answer == "PONG", "PING");
        return (port, process);
    }
}
