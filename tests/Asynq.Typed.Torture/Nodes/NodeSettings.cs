using System.Text.Json;

namespace Asynq.Typed.Torture.Nodes;

/// <summary>What a process of the run is told, as one argument in JSON.</summary>
internal sealed record NodeSettings
{
    /// <summary>What it is called in ledgers and logs.</summary>
    public required string Name { get; init; }

    /// <summary>How it reaches Redis: through the proxies.</summary>
    public string Redis { get; init; } = "";

    /// <summary>Where it asks whose a task is: the ports of all nodes, past the proxies.</summary>
    public IReadOnlyList<int> Nodes { get; init; } = [];

    /// <summary>Where its ledger goes.</summary>
    public string LedgerPath { get; init; } = "";

    public int Seed { get; init; }

    public bool Quick { get; init; }

    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>Of a worker: how far its clock is ahead.</summary>
    public int ClockOffsetSeconds { get; init; }

    /// <summary>Of a worker: whether its memory is limited.</summary>
    public bool IsLimited { get; init; }

    /// <summary>Of a producer: tasks a second.</summary>
    public int Rate { get; init; }

    /// <summary>Of a producer: how many replicas each primary has.</summary>
    public int Replicas { get; init; }

    /// <summary>Of an embedded server: where it listens.</summary>
    public int Port { get; init; }

    /// <summary>Of an embedded server: where it keeps its data.</summary>
    public string DataDirectory { get; init; } = "";

    public static NodeSettings Parse(string json) => JsonSerializer.Deserialize<NodeSettings>(json)!;

    public override string ToString() => JsonSerializer.Serialize(this);
}
