using System.Globalization;
using Asynq.Typed.Torture.Faults;
using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Nodes;
using Asynq.Typed.Torture.Processes;
using Asynq.Typed.Torture.Tasks;
using Asynq.Typed.Torture.Topologies;
using Asynq.Typed.Torture.Verdicts;

namespace Asynq.Typed.Torture;

/// <summary>One run on one topology: start everybody, break things, heal, drain, judge.</summary>
internal sealed class TortureRun(Arguments arguments, Topology topology, string folder)
{
    private const int Rate = 12;
    private static readonly string[] Queues = ["alpha", "beta", "gamma"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Of the worker that takes tasks which eat memory, in hexadecimal: 160 MiB.
    private static readonly Dictionary<string, string> LittleMemory = new() { ["DOTNET_GCHeapHardLimit"] = "0xA000000" };

    private readonly Timings _timings = Timings.Of(arguments.Quick);

    public async Task<Outcome> RunAsync(CancellationToken cancellationToken)
    {
        using var events = new Ledger(Path.Combine(folder, "events.ledger"));
        using var enqueued = new Ledger(Path.Combine(folder, "run.ledger"));
        await using var raw = await RawRedis.ConnectAsync(topology.ProbeString);
        await using var client = await AsynqClient.ConnectAsync(topology.ConnectionString, cancellationToken);
        var log = new FaultLog(events);
        var (workers, producers, schedulers) = (Workers(log), Producers(log), Schedulers(log));

        try
        {
            return await RunAsync(new Stage(
                topology, workers, producers, schedulers, Queues, _timings, log, new LedgerClient(client, enqueued), raw)
            {
                Ending = cancellationToken,
            });
        }
        finally
        {
            // Where the run could not go on they are still there, and would be started again and again.
            foreach (var role in workers.Concat(producers).Concat(schedulers))
            {
                await role.DisposeAsync();
            }
        }
    }

    private async Task<Outcome> RunAsync(Stage stage)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stage.Ending);
        ending.CancelAfter(TimeSpan.FromMinutes(arguments.Minutes));
        int faults;
        await using (new FailoverWatch(topology, stage.Log))
        {
            await new FaultSchedule(FaultsOf(), arguments.Seed).RunAsync(stage with { Ending = ending.Token });
            await (stage with { Ending = ending.Token }).WaitAsync(Timeout.InfiniteTimeSpan);
            faults = stage.Log.Count;
            await HealAsync(stage);
            await EndAllAsync(stage.Producers);
            await EndAllAsync(stage.Schedulers);
            await DrainAsync(stage);
            await EndAllAsync(stage.Workers);
        }

        // Entries of servers that were killed expire by themselves.
        await Task.Delay((_timings.Heartbeat * 2) + TimeSpan.FromSeconds(2), CancellationToken.None);
        return await JudgeAsync(stage.Raw, faults);
    }

    /// <summary>Mends all, and then has everybody show that they are alive.</summary>
    private async Task HealAsync(Stage stage)
    {
        using (stage.Log.Begin(FaultLog.Heal, FaultLog.Nobody, string.Join(',', stage.Producers.Select(producer => producer.Name))))
        {
            await topology.HealAsync();
        }

        await new LifeCheck(stage, folder).RunAsync();
    }

    private List<Fault> FaultsOf()
    {
        List<Fault> all =
            [.. WorkerFaults.All, .. RedisFaults.For(topology), .. NetworkFaults.All, .. ContentFaults.All];
        return [.. all.Where(fault =>
            (arguments.Faults is not { } names || names.Contains(fault.Name)) && !arguments.Without.Contains(fault.Name))];
    }

    private List<Role> Workers(FaultLog log) =>
    [
        new("worker", Worker("w1", 0), folder, log),
        new("worker", Worker("w2", 60), folder, log),
        new("worker", Worker("w3", -60), folder, log),
        new("worker", Worker("w4", 0) with
        {
            IsLimited = true,
            Queues = [ContentFaults.HungryQueue, Queues[0], LifeCheck.QueueOf("w4")],
        }, folder, log, LittleMemory),
    ];

    private List<Role> Producers(FaultLog log) =>
        [.. Enumerable.Range(1, 2).Select(at => new Role(
            "producer", Node(string.Create(CultureInfo.InvariantCulture, $"p{at}")) with { Rate = Rate, Seed = arguments.Seed + at }, folder, log))];

    private List<Role> Schedulers(FaultLog log) =>
        [.. Enumerable.Range(1, 2).Select(at => new Role("scheduler", Node(string.Create(CultureInfo.InvariantCulture, $"s{at}")), folder, log))];

    private NodeSettings Worker(string name, int clockOffset) => Node(name) with
    {
        ClockOffsetSeconds = clockOffset, Queues = [.. Queues, LifeCheck.QueueOf(name)],
    };

    private NodeSettings Node(string name) => new()
    {
        Name = name,
        Redis = topology.ConnectionString,
        Nodes = [.. topology.Nodes.Select(node => node.Port)],
        Replicas = topology.ReplicaCount,
        LedgerPath = Path.Combine(folder, name + ".ledger"),
        Quick = arguments.Quick,
        Queues = Queues,
    };

    private static async Task EndAllAsync(IReadOnlyList<Role> roles)
    {
        var ended = await Task.WhenAll(roles.Select(role => role.EndAsync(Patience)));
        foreach (var (role, _) in roles.Zip(ended).Where(pair => !pair.Second))
        {
            throw new TimeoutException($"{role.Name} did not end within {Patience} of being told to.");
        }
    }

    private async Task DrainAsync(Stage stage)
    {
        var raw = stage.Raw;
        Say($"draining, for at most {_timings.Drain.TotalSeconds:0} s");
        var end = DateTime.UtcNow + _timings.Drain;
        string[] names = ["pending", "active", "lease", "scheduled", "retry", "groups", "aggregation_sets"];
        var keys = Queues.Append(ContentFaults.HungryQueue)
            .Concat(stage.Workers.Select(worker => LifeCheck.QueueOf(worker.Name))).SelectMany(queue => names.Select(name => $"asynq:{{{queue}}}:{name}")).ToList();
        while (DateTime.UtcNow < end)
        {
            var left = await Task.WhenAll(keys.Select(async key => await raw.Database.KeyExistsAsync(key)));
            if (!left.Contains(true))
            {
                Say("drained");
                return;
            }

            foreach (var queue in Queues.Where(_ => _timings.HurriesSets))
            {
                await raw.HurrySetsAsync(queue);
            }

            await Task.Delay(500);
        }

        Say("not drained in time: the verdict says what is left");
    }

    private async Task<Outcome> JudgeAsync(RawRedis raw, int faults)
    {
        var lines = Line.ReadAll(folder);
        var histories = new Histories(lines);
        var keys = await KeyAudit.OfAsync(raw, topology.PrimaryCount);
        var disturbances = new Disturbances(lines, topology.FailsOver);
        var judge = new Judge(histories, disturbances, keys, _timings);
        judge.Decide();
        return Outcome.Of(
            topology.Name, arguments.Seed, arguments.Minutes, faults, histories, disturbances, keys, judge.Findings);
    }

    private static void Say(string what) => Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss.f}  {what}");
}
