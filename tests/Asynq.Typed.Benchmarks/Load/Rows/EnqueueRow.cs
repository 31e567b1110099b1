using Asynq.Typed.Redis;
using Google.Protobuf;

namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>Enqueueing in bulk against its ceiling, and 10 producers that await each task against bulk.</summary>
internal sealed class EnqueueRow : Row
{
    private const int Bulk = 100_000;
    private const int Awaited = 50_000;
    private const int Producers = 10;
    private const int Pairs = 5;
    private const double LeastBulk = 0.8;
    private const double LeastAwaited = 0.5;

    internal override string Name => "enqueue";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        var warm = await BulkAsync(bench);
        await AwaitedAsync(bench);
        var messages = Messages();
        await CeilingAsync(bench, messages, warm.Batch);
        var runs = new List<(Run Bulk, Run Ceiling, Run Awaited)>();
        for (var pair = 1; pair <= Pairs; pair++)
        {
            var bulk = await BulkAsync(bench);
            runs.Add((bulk, await CeilingAsync(bench, messages, bulk.Batch), await AwaitedAsync(bench)));
            bench.Tell($"{pair}/{Pairs}: bulk {bulk.PerSecond:N0} of {runs[^1].Ceiling.PerSecond:N0} a second, "
                + $"awaited {runs[^1].Awaited.PerSecond:N0}");
        }

        var bulkLine = Repeats.Against(
            Name, "bulk", "tasks/s", [.. runs.Select(run => (run.Bulk.PerSecond, run.Ceiling.PerSecond))], LeastBulk);
        var awaitedLine = Repeats.Against(
            Name,
            $"{Producers} producers, each awaits",
            "tasks/s",
            [.. runs.Select(run => (run.Awaited.PerSecond, run.Bulk.PerSecond))],
            LeastAwaited);
        return
        [
            bulkLine with
            {
                Detail = $"one connection; {Costs(runs.Select(run => run.Bulk))}; at the ceiling {Costs(runs.Select(run => run.Ceiling))}",
            },
            awaitedLine with { Target = "≥ half of bulk", Detail = $"the ceiling is bulk; {Costs(runs.Select(run => run.Awaited))}" },
        ];
    }

    private static Task<Run> BulkAsync(Bench bench) => MeasureAsync(
        bench, Bulk, () => bench.FillAsync(Enumerable.Range(0, Bulk).Select(number => new Noop(number))));

    private static async Task<Run> CeilingAsync(Bench bench, List<TaskMessage> messages, double batch)
    {
        await using var driver = await ScriptDriver.ConnectAsync(bench);
        var calls = ScriptDriver.Enqueues(messages, (int)batch);
        return await MeasureAsync(bench, messages.Count, () => driver.EnqueueAsync(calls));
    }

    private static Task<Run> AwaitedAsync(Bench bench)
    {
        var next = 0;
        return MeasureAsync(bench, Awaited, () => Task.WhenAll(Enumerable.Range(0, Producers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number <= Awaited)
            {
                await bench.Client.EnqueueAsync(new Noop(number));
            }
        }))));
    }

    private static async Task<Run> MeasureAsync(Bench bench, int tasks, Func<Task> work)
    {
        await bench.EmptyAsync();
        GC.Collect();
        var before = await Spending.ReadAsync(bench.Server);
        await work();
        return new Run(tasks, await Spending.ReadAsync(bench.Server) - before);
    }

    /// <summary>What a task cost, by the medians.</summary>
    private static string Costs(IEnumerable<Run> runs)
    {
        Run[] all = [.. runs];
        return $"batches of {Median(run => run.Batch):0.#}, a task {Median(run => run.Scripts):0.0} µs in Redis' scripts, "
            + $"{Median(run => run.RedisCpu):0.0} µs Redis' CPU, {Median(run => run.OwnCpu):0.0} µs ours, "
            + $"{Median(run => run.Bytes):N0} bytes";

        double Median(Func<Run, double> figure) => all.Select(figure).Median();
    }

    private static List<TaskMessage> Messages() =>
    [
        .. Enumerable.Range(0, Bulk).Select(number => new TaskMessage
        {
            Type = "load:noop",
            Payload = ByteString.CopyFrom(Payload.Of(new Noop(number))),
            Id = Guid.NewGuid().ToString("D"),
            Queue = Bench.Queue,
            Retry = 25,
            Timeout = 1_800,
        }),
    ];

    /// <summary>What a run came to.</summary>
    private sealed record Run(int Tasks, Spending Spent)
    {
        internal double PerSecond => Tasks / (Spent.At / 1e6);

        internal double Batch => (double)Tasks / Spent.Scripts.Calls;

        internal double Scripts => (double)Spent.Scripts.Microseconds / Tasks;

        internal double RedisCpu => Spent.RedisCpu / Tasks;

        internal double OwnCpu => Spent.OwnCpu / Tasks;

        internal double Bytes => (double)Spent.Bytes / Tasks;
    }
}
