using System.Diagnostics;

namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>Very many tasks fall due within one second, while tasks of another queue come one by one.</summary>
internal sealed class DueSecondRow : Row
{
    private const string Other = "other";
    private const int Tasks = 100_000;
    private const double MostWait = 1_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal override string Name => "due-second";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        var second = (ProbeLog.NowUnixMicroseconds / 1_000_000) + 6;
        await bench.FillTimedAsync(Enumerable.Range(0, Tasks).Select(number => (
            new Probe(number, (second * 1_000_000) + (number * 10L)),
            DateTimeOffset.UnixEpoch.AddMicroseconds((second * 1_000_000) + (number * 10L)))));
        await using var worker = Worker.Create(bench, 100, Bench.Queue, Other);
        await worker.StartAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, (second * 1_000) - (ProbeLog.NowUnixMicroseconds / 1_000) - 200)));

        var began = Stopwatch.GetTimestamp();
        var waits = new List<double>();
        for (var number = Tasks; worker.Probes.Late.Count < Tasks && Stopwatch.GetElapsedTime(began) < Limit; number++)
        {
            var sent = Stopwatch.GetTimestamp();
            var started = worker.Probes.StartOf(number);
            await worker.Client.EnqueueAsync(new Probe(number, 0), new EnqueueOptions { Queue = Other });
            waits.Add(Stopwatch.GetElapsedTime(sent, await started.WaitAsync(Limit)).TotalMilliseconds);
            await Task.Delay(10);
            if (waits.Count % 100 == 0)
            {
                bench.Tell($"{worker.Probes.Late.Count:N0} of {Tasks:N0} started");
            }
        }

        var late = worker.Probes.Late;
        var once = worker.Probes.Runs == Tasks + waits.Count;
        return
        [
            new Measurement(
                Name, "100,000 tasks due in one second, the last one late by", "ms", late.Max(), "all run once, none early",
                late.Count == Tasks && once && late.Min() >= 0)
            {
                Detail = $"{late.Count:N0} ran, {(once ? "each once" : "some twice")}; least {late.Min():0.00} ms, median {late.Median():N0}",
            },
            new Measurement(
                Name, "meanwhile, tasks of another queue wait at most", "ms", waits.Max(), $"< {MostWait:N0} ms", waits.Max() < MostWait)
            {
                Detail = $"{waits.Count} tasks, median {waits.Median():0.0} ms",
            },
        ];
    }
}
