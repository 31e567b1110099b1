using System.Diagnostics;

namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>From the call that enqueues to the start of the handler, on an idle server.</summary>
internal sealed class StartLatencyRow : Row
{
    private const int WarmUp = 300;
    private const int Samples = 1_000;
    private const double MostMedian = 1;
    private const double MostHighest = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    internal override string Name => "start";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        await using var worker = Worker.Create(bench, 10, Bench.Queue);
        await worker.StartAsync();
        var collections = GC.CollectionCount(0);
        var starts = new List<double>();
        var pings = new List<double>();
        for (var number = 0; number < WarmUp + Samples; number++)
        {
            await Task.Delay(Pause);
            var sent = Stopwatch.GetTimestamp();
            await worker.Client.PingAsync();
            var ping = Stopwatch.GetElapsedTime(sent);
            var started = worker.Probes.StartOf(number);
            sent = Stopwatch.GetTimestamp();
            await worker.Client.EnqueueAsync(new Probe(number, 0));
            var start = Stopwatch.GetElapsedTime(sent, await started);
            if (number >= WarmUp)
            {
                pings.Add(ping.TotalMilliseconds);
                starts.Add(start.TotalMilliseconds);
            }

            if (number % 500 == 0)
            {
                bench.Tell($"{number}/{WarmUp + Samples}");
            }
        }

        var ping50 = pings.Median();
        var over = starts.Median() - ping50;
        var highest = starts.Percentile(99);
        var detail = $"{Samples} tasks, one at a time; round trip {ping50:0.000} ms; start {starts.Median():0.000} ms";
        return
        [
            new Measurement(Name, "enqueue to handler, median over the round trip", "ms", over, $"< {MostMedian} ms", over < MostMedian)
            {
                Detail = detail,
            },
            new Measurement(Name, "enqueue to handler, 99th percentile", "ms", highest, $"< {MostHighest} ms", highest < MostHighest)
            {
                // The round trip tells the machine's share: nothing of the server is in it.
                Detail = $"the round trip's {pings.Percentile(99):0.00} ms; most {starts.Max():0.0} ms, the round trip's {pings.Max():0.0} ms; "
                    + $"{GC.CollectionCount(0) - collections} garbage collections",
            },
        ];
    }
}
