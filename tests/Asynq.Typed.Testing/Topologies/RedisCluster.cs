using System.Globalization;

namespace Asynq.Typed.Testing.Topologies;

/// <summary>A Redis Cluster of three primaries on loopback ports. A node that is not heard of for half a second has failed.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16_384;
    private const int Size = 3;

    private readonly RedisServer[] _nodes;

    private RedisCluster(RedisServer[] nodes) => _nodes = nodes;

    public IReadOnlyList<RedisServer> Nodes => _nodes;

    /// <summary>Names all nodes. Administrative commands are allowed.</summary>
    public string ConnectionString =>
        string.Join(',', _nodes.Select(node => $"127.0.0.1:{node.Port}")) + ",allowAdmin=true";

    /// <summary>Starts the nodes; returns when all of them serve all slots. Skips the test where Redis is missing.</summary>
    public static async Task<RedisCluster> StartAsync(CancellationToken cancellationToken = default)
    {
        var nodes = new List<RedisServer>();
        try
        {
            while (nodes.Count < Size)
            {
                nodes.Add(await RedisServer.StartAsync(
                    new RedisServerOptions
                    {
                        Arguments = ["--cluster-enabled", "yes", "--cluster-node-timeout", "500"],
                    },
                    cancellationToken));
            }

            await JoinAsync(nodes);
            return new RedisCluster([.. nodes]);
        }
        catch
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>The slot of a key.</summary>
    public async Task<int> SlotOfAsync(string key) =>
        int.Parse(await RedisCli.RunAsync(_nodes[0].Port, "CLUSTER", "KEYSLOT", key), CultureInfo.InvariantCulture);

    /// <summary>The node that serves a slot, unless that has been moved.</summary>
    public RedisServer FirstOwnerOf(int slot) =>
        _nodes[Enumerable.Range(0, Size).First(at => slot <= LastSlotOf(at))];

    /// <summary>
    /// Moves a slot between nodes, a few keys at a time, as an operator does. <paramref name="halfway"/> runs when some keys
    /// have gone and others have not.
    /// </summary>
    public static async Task MoveSlotAsync(int slot, RedisServer from, RedisServer to, Func<Task> halfway)
    {
        const string FewKeys = "4";
        var number = slot.ToString(CultureInfo.InvariantCulture);
        var (source, target) = (await IdOfAsync(from), await IdOfAsync(to));
        await RedisCli.DoAsync(to.Port, "CLUSTER", "SETSLOT", number, "IMPORTING", source);
        await RedisCli.DoAsync(from.Port, "CLUSTER", "SETSLOT", number, "MIGRATING", target);
        for (var round = 0; ; round++)
        {
            var keys = (await RedisCli.RunAsync(from.Port, "CLUSTER", "GETKEYSINSLOT", number, FewKeys))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (keys.Length == 0)
            {
                break;
            }

            string[] head = ["MIGRATE", "127.0.0.1", to.Port.ToString(CultureInfo.InvariantCulture), "", "0", "5000", "KEYS"];
            await RedisCli.DoAsync(from.Port, [.. head, .. keys]);
            if (round == 0)
            {
                await halfway();
            }
        }

        await RedisCli.DoAsync(to.Port, "CLUSTER", "SETSLOT", number, "NODE", target);
        await RedisCli.DoAsync(from.Port, "CLUSTER", "SETSLOT", number, "NODE", target);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static Task<string> IdOfAsync(RedisServer node) => RedisCli.RunAsync(node.Port, "CLUSTER", "MYID");

    private static int LastSlotOf(int node) => ((node + 1) * Slots / Size) - 1;

    private static async Task JoinAsync(List<RedisServer> nodes)
    {
        var first = 0;
        for (var at = 0; at < nodes.Count; at++)
        {
            var last = LastSlotOf(at);
            await RedisCli.DoAsync(
                nodes[at].Port, "CLUSTER", "ADDSLOTSRANGE", $"{first}", last.ToString(CultureInfo.InvariantCulture));
            await RedisCli.DoAsync(nodes[at].Port, "CLUSTER", "SET-CONFIG-EPOCH", $"{at + 1}");
            first = last + 1;
            if (at > 0)
            {
                await RedisCli.DoAsync(nodes[at].Port, "CLUSTER", "MEET", "127.0.0.1", $"{nodes[0].Port}");
            }
        }

        foreach (var node in nodes)
        {
            await RedisCli.UntilAsync(
                node.Port,
                answer => answer.Contains("cluster_state:ok", StringComparison.Ordinal)
                    && answer.Contains($"cluster_known_nodes:{Size}", StringComparison.Ordinal),
                "CLUSTER",
                "INFO");
        }
    }
}
