using System.Diagnostics;
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
        var (_, batch) = await BulkAsync(bench);
        await AwaitedAsync(bench);
        var messages = Messages();
        await CeilingAsync(bench, messages, (int)batch);
        var bulk = new List<(double, double)>();
        var awaited = new List<(double, double)>();
        for (var pair = 1; pair <= Pairs; pair++)
        {
            var (figure, size) = await BulkAsync(bench);
            batch = size;
            var ceiling = await CeilingAsync(bench, messages, (int)size);
            var single = await AwaitedAsync(bench);
            bulk.Add((figure, ceiling));
            awaited.Add((single, figure));
            bench.Tell($"{pair}/{Pairs}: bulk {figure:N0} of {ceiling:N0} a second, awaited {single:N0}");
        }

        var awaitedLine = Repeats.Against(Name, $"{Producers} producers, each awaits", "tasks/s", awaited, LeastAwaited);
        return
        [
            Repeats.Against(Name, "bulk", "tasks/s", bulk, LeastBulk) with { Detail = $"batches of {batch:0}, one connection" },
            awaitedLine with { Target = "≥ half of bulk", Detail = "the ceiling is bulk" },
        ];
    }

    private static async Task<(double PerSecond, double Batch)> BulkAsync(Bench bench)
    {
        await bench.EmptyAsync();
        GC.Collect();
        var before = await bench.UseAsync();
        var began = Stopwatch.GetTimestamp();
        await bench.FillAsync(Enumerable.Range(0, Bulk).Select(number => new Noop(number)));
        var took = Stopwatch.GetElapsedTime(began);
        return (Bulk / took.TotalSeconds, (double)Bulk / (await bench.UseAsync() - before).Calls);
    }

    private static async Task<double> CeilingAsync(Bench bench, List<TaskMessage> messages, int batch)
    {
        await bench.EmptyAsync();
        await using var driver = await ScriptDriver.ConnectAsync(bench);
        GC.Collect();
        return messages.Count / (await driver.EnqueueAsync(messages, batch)).TotalSeconds;
    }

    private static async Task<double> AwaitedAsync(Bench bench)
    {
        await bench.EmptyAsync();
        GC.Collect();
        var next = 0;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Producers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number <= Awaited)
            {
                await bench.Client.EnqueueAsync(new Noop(number));
            }
        })));
        return Awaited / Stopwatch.GetElapsedTime(began).TotalSeconds;
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
}
