namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>How late scheduled tasks start while a number of them waits.</summary>
internal sealed class DueRow(int waiting) : Row
{
    private const double MostLate = 25;
    private const int Singles = 60;
    private const int Spread = 400;

    internal override string Name => $"due-{waiting}";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        var later = new EnqueueOptions { ProcessIn = TimeSpan.FromHours(1) };
        await bench.FillAsync(Enumerable.Range(0, waiting - 1).Select(number => new Noop(number)), later);
        await using var worker = Worker.Create(bench, 10, Bench.Queue);
        await worker.StartAsync();

        // The first ones only warm the code up; their lateness is left out.
        await OneByOneAsync(worker, 10, 1_000_000);
        var warm = worker.Probes.Late.Count;
        bench.Tell($"{waiting:N0} waiting");
        if (waiting == 1)
        {
            await OneByOneAsync(worker, Singles, 0);
        }
        else
        {
            await AmongOthersAsync(worker);
        }

        var late = worker.Probes.Late.Skip(warm).ToList();
        var expected = waiting == 1 ? Singles : Spread;
        var highest = late.Percentile(99);
        var earliest = late.Min();
        var isMet = earliest >= 0 && highest < MostLate && late.Count == expected;
        return
        [
            new Measurement(Name, $"lateness, {waiting:N0} waiting, 99th percentile", "ms", highest, $"< {MostLate} ms, never early", isMet)
            {
                Detail = $"{late.Count} of {expected} tasks; least {earliest:0.00} ms, median {late.Median():0.00}, most {late.Max():0.00}",
            },
        ];
    }

    private static async Task OneByOneAsync(Worker worker, int count, int first)
    {
        for (var number = first; number < first + count; number++)
        {
            await SendAsync(worker, number, TimeSpan.FromMilliseconds(Random.Shared.Next(20, 150)));
            await worker.Probes.StartOf(number);
        }
    }

    private static async Task AmongOthersAsync(Worker worker)
    {
        var sent = Enumerable.Range(0, Spread)
            .Select(number => SendAsync(worker, number, TimeSpan.FromMilliseconds(Random.Shared.Next(500, 6_500))));
        await Task.WhenAll(sent);
        await Task.WhenAll(Enumerable.Range(0, Spread).Select(worker.Probes.StartOf));
    }

    private static Task<TaskInfo> SendAsync(Worker worker, int number, TimeSpan wait)
    {
        var due = ProbeLog.NowUnixMicroseconds + ((long)wait.TotalMilliseconds * 1_000);
        var options = new EnqueueOptions { ProcessAt = DateTimeOffset.UnixEpoch.AddMicroseconds(due) };
        return worker.Client.EnqueueAsync(new Probe(number, due), options);
    }
}
