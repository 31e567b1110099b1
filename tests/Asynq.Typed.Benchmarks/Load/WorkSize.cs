namespace Asynq.Typed.Benchmarks.Load;

/// <summary>How large the work of a run is.</summary>
/// <param name="Label">What tells it from others.</param>
internal sealed record WorkSize(string Label)
{
    /// <summary>The slots of the server.</summary>
    internal int Concurrency { get; init; } = 100;

    internal IReadOnlyList<string> Queues { get; init; } = [Bench.Queue];

    /// <summary>How many tasks wait when a round begins, in all queues together.</summary>
    internal int Pending { get; init; } = 50_000;

    /// <summary>How many tasks a run takes, in as many rounds as that needs.</summary>
    internal int Tasks { get; init; } = 50_000;

    /// <summary>Enqueues that many tasks to that queue.</summary>
    internal Func<Bench, string, int, Task> FillAsync { get; init; } = static (bench, queue, count) =>
        bench.FillAsync(Enumerable.Range(0, count).Select(static number => new Noop(number)), new EnqueueOptions { Queue = queue });

    /// <summary>The same with payloads of that many bytes.</summary>
    internal WorkSize WithPayload(int bytes)
    {
        var task = Blob.OfPayload(bytes);
        return this with
        {
            FillAsync = (bench, queue, count) =>
                bench.FillAsync(Enumerable.Repeat(task, count), new EnqueueOptions { Queue = queue }),
        };
    }
}
