using System.Globalization;

namespace Asynq.Typed.Torture.Topologies;

/// <summary>Three primaries with a replica each. All are known by their proxies, so clients are sent to those.</summary>
internal sealed class ClusterTopology(string folder) : Topology
{
    private const int Slots = 16_384;
    private const int Primaries = 3;
    private const string FewKeys = "10";
    private const string Serving = "cluster_state:ok";

    // In agreement with the primary, without it, without anybody: in turn.
    private static readonly string[][] Ways = [[], ["FORCE"], ["TAKEOVER"]];

    private readonly RedisNode[] _nodes =
    [
        .. Enumerable.Range(1, 2 * Primaries).Select(number => RedisNode.Redis(
            string.Create(CultureInfo.InvariantCulture, $"redis-{number}"),
            folder,
            [
                "--cluster-enabled", "yes", "--cluster-node-timeout", RedisNode.Text((int)UntilDown.TotalMilliseconds), "--cluster-announce-ip", "127.0.0.1",
                "--cluster-announce-port", "{proxy}", "--cluster-announce-bus-port", "{bus}", "--repl-diskless-sync-delay", "0",
                "--repl-timeout", "10", "--cluster-replica-validity-factor", "0",
            ])),
    ];

    private readonly HashSet<string> _moved = [];
    private int _failovers;

    public override string Name => "cluster";

    public override string ConnectionString => string.Join(',', _nodes.Select(node => $"127.0.0.1:{node.Proxy.Port}"));

    public override string ProbeString => ConnectionString;

    public override IReadOnlyList<RedisNode> Nodes => _nodes;

    public override bool FailsOver => true;

    public override async Task StartAsync()
    {
        foreach (var node in _nodes)
        {
            await node.StartAsync();
        }

        for (var at = 0; at < _nodes.Length; at++)
        {
            if (at < Primaries)
            {
                var (first, last) = (at * Slots / Primaries, ((at + 1) * Slots / Primaries) - 1);
                await RespCall.AskAsync(_nodes[at].Port, "CLUSTER", "ADDSLOTSRANGE", RedisNode.Text(first), RedisNode.Text(last));
            }

            await RespCall.AskAsync(_nodes[at].Port, "CLUSTER", "SET-CONFIG-EPOCH", RedisNode.Text(at + 1));
            if (at > 0)
            {
                await RespCall.AskAsync(_nodes[at].Port, "CLUSTER", "MEET", "127.0.0.1", RedisNode.Text(_nodes[0].Port), RedisNode.Text(_nodes[0].Port + 10_000));
            }
        }

        await UntilAsync(
            async () => (await Task.WhenAll(_nodes.Select(node => node.AskAsync("CLUSTER", "INFO"))))
                .All(info => info.Contains($"cluster_known_nodes:{_nodes.Length}", StringComparison.Ordinal)),
            "the nodes know each other");
        for (var at = Primaries; at < _nodes.Length; at++)
        {
            var primary = await _nodes[at - Primaries].AskAsync("CLUSTER", "MYID");
            await RespCall.UntilAsync(_nodes[at].Port, UntilDown * 10, answer => answer == "OK", "CLUSTER", "REPLICATE", primary);
        }

        await WhenServingAsync();
    }

    public override int PrimaryCount => Primaries;

    public override int ReplicaCount => 1;

    public override async Task<IReadOnlyList<RedisNode>?> PrimariesAsync()
    {
        var primaries = await LiveAsync(node => node.IsPrimaryAsync());
        return primaries.Count > 0 ? primaries : null;
    }

    public override async Task<bool> HasTakenOverAsync(RedisNode node) =>
        await node.IsPrimaryAsync() && (await node.AskAsync("CLUSTER", "INFO")).Contains(Serving, StringComparison.Ordinal);

    public override async Task FailOverAsync(Random random)
    {
        var drawn = random.NextDouble();
        var how = Ways[Interlocked.Increment(ref _failovers) % Ways.Length];
        var replicas = await LiveAsync(node => node.IsReplicaAsync());
        if (replicas.Count > 0)
        {
            await replicas[(int)(drawn * replicas.Count)].AskAsync(["CLUSTER", "FAILOVER", .. how]);
        }
    }

    /// <summary>Moves the slot of a queue to another primary, a few keys at a time, as an operator does.</summary>
    public override async Task MoveQueueAsync(string queue, Random random)
    {
        var drawn = random.NextDouble();
        var slot = await _nodes[0].AskAsync("CLUSTER", "KEYSLOT", $"asynq:{{{queue}}}:pending");
        var primaries = await LiveAsync(node => node.IsPrimaryAsync());
        var owners = await Task.WhenAll(primaries.Select(node => OwnsAsync(node, slot)));
        var from = Array.IndexOf(owners, true);
        if (from < 0 || primaries.Count < 2)
        {
            return;
        }

        var to = (from + 1 + (int)(drawn * (primaries.Count - 1))) % primaries.Count;
        _moved.Add(slot);
        await MoveSlotAsync(primaries[from], primaries[to], slot);
    }

    /// <summary>
    /// Ends what an unanswered step left of a move: a slot that is on its way for ever answers <c>TRYAGAIN</c> for ever.
    /// </summary>
    protected override async Task SettleAsync()
    {
        foreach (var slot in _moved)
        {
            var primaries = await LiveAsync(node => node.IsPrimaryAsync());
            var owners = await Task.WhenAll(primaries.Select(node => OwnsAsync(node, slot)));
            var to = primaries[Math.Max(0, Array.IndexOf(owners, true))];
            foreach (var from in primaries.Where(node => node != to))
            {
                if (await from.AskAsync("CLUSTER", "COUNTKEYSINSLOT", slot) != "0")
                {
                    // Else it sends on to the owner whoever asks it for these keys, and so does not move them either.
                    await SetSlotAsync(from, slot, "IMPORTING", await to.AskAsync("CLUSTER", "MYID"));
                    await MoveSlotAsync(from, to, slot);
                }
            }

            var id = await to.AskAsync("CLUSTER", "MYID");
            foreach (var node in primaries.Where(node => node != to).Prepend(to))
            {
                await SetSlotAsync(node, slot, "NODE", id);
            }
        }
    }

    public override Task WhenServingAsync() => UntilAsync(
        async () =>
        {
            var cluster = await Task.WhenAll(_nodes.Select(node => node.AskAsync("CLUSTER", "INFO")));
            var replication = await Task.WhenAll(_nodes.Select(node => node.AskAsync("INFO", "replication")));
            return cluster.All(info => info.Contains(Serving, StringComparison.Ordinal))
                && replication.Count(info => info.Contains("role:master", StringComparison.Ordinal)) == Primaries
                && replication.Count(info => info.Contains("master_link_status:up", StringComparison.Ordinal)) == Primaries;
        },
        "a cluster that serves all slots, with replicas that follow");

    private async Task<List<RedisNode>> LiveAsync(Func<RedisNode, Task<bool>> isWanted)
    {
        var live = _nodes.Where(node => !node.IsDown && !node.IsFrozen).ToList();
        var wanted = await Task.WhenAll(live.Select(isWanted));
        return [.. live.Where((_, at) => wanted[at])];
    }

    private static async Task MoveSlotAsync(RedisNode from, RedisNode to, string slot)
    {
        var (fromId, toId) = (await from.AskAsync("CLUSTER", "MYID"), await to.AskAsync("CLUSTER", "MYID"));
        await SetSlotAsync(to, slot, "IMPORTING", fromId);
        await SetSlotAsync(from, slot, "MIGRATING", toId);
        await MoveKeysAsync(from, to, slot);
        await SetSlotAsync(to, slot, "NODE", toId);
        await SetSlotAsync(from, slot, "NODE", toId);
    }

    // A node that another fault keeps from answering is asked again. Refused, as by one that owns the slot already or is no
    // primary any more, it is left to the settling in the end.
    private static Task SetSlotAsync(RedisNode node, string slot, string state, string id) => UntilAsync(
        async () =>
        {
            var answer = await node.AskAsync("CLUSTER", "SETSLOT", slot, state, id);
            if (answer != "OK")
            {
                Console.WriteLine($"{node.Name} says to slot {slot} {state} {id}: {answer}");
            }

            return !answer.StartsWith(RespCall.NoAnswer, StringComparison.Ordinal);
        },
        $"{node.Name} is told of slot {slot}");

    private static async Task MoveKeysAsync(RedisNode from, RedisNode to, string slot)
    {
        await UntilAsync(
            async () =>
            {
                while (true)
                {
                    var answer = await from.AskAsync("CLUSTER", "GETKEYSINSLOT", slot, FewKeys);
                    var keys = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                    if (keys.Length == 0)
                    {
                        return true;
                    }

                    // Another fault may break its connection: then again.
                    string[] head = ["MIGRATE", "127.0.0.1", RedisNode.Text(to.Port), "", "0", "5000", "KEYS"];
                    var moved = await from.AskAsync([.. head, .. keys]);
                    if (moved is not ("OK" or "NOKEY"))
                    {
                        Console.WriteLine($"{from.Name} moves keys of slot {slot} again: {moved}");
                        return false;
                    }
                }
            },
            $"keys of slot {slot} are moved");
    }

    // A line of CLUSTER NODES ends with the ranges of slots that the node has.
    private static async Task<bool> OwnsAsync(RedisNode node, string number)
    {
        var slot = int.Parse(number, CultureInfo.InvariantCulture);
        var nodes = await node.AskAsync("CLUSTER", "NODES");
        var myself = nodes.Split('\n').SingleOrDefault(line => line.Contains("myself", StringComparison.Ordinal)) ?? "";
        return myself.Trim().Split(' ').Skip(8).Where(range => !range.StartsWith('[')).Any(range =>
        {
            var ends = range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            return slot >= ends[0] && slot <= ends[^1];
        });
    }
}
