namespace Asynq.Typed;

/// <summary>What a server last said of itself. It is listed until it has said nothing for two of its heartbeats.</summary>
public sealed record ServerReport
{
    /// <summary>The server's id, a UUID.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the machine that it runs on.</summary>
    public required string Host { get; init; }

    /// <summary>The id of its process on that machine.</summary>
    public required int ProcessId { get; init; }

    /// <summary>How many tasks it works on at once.</summary>
    public int Concurrency { get; init; }

    /// <summary>The queues that it fetches from, and their weights.</summary>
    public required IReadOnlyDictionary<string, int> Queues { get; init; }

    /// <summary>Whether it fetches from a queue only while those of greater weight are empty.</summary>
    public bool StrictPriority { get; init; }

    /// <summary>As on the wire: <c>new</c>, <c>active</c>, <c>stopped</c> (fetches no more) or <c>closed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>When it started; <c>null</c> where it did not say.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How many tasks it works on, by its own count.</summary>
    public int ActiveWorkerCount { get; init; }

    /// <summary>What its workers are doing.</summary>
    public required IReadOnlyList<WorkerReport> ActiveWorkers { get; init; }

    /// <summary>The build of its entry assembly; <c>null</c> for a Go server.</summary>
    public string? BuildId { get; init; }

    /// <summary>
    /// The task types that it has handlers for, where a trailing <c>*</c> stands for any rest; <c>null</c> for a Go server.
    /// </summary>
    public IReadOnlyList<string>? TaskTypes { get; init; }
}
