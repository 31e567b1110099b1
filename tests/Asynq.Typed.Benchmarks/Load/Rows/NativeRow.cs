using System.Diagnostics;
using System.Globalization;
using Asynq.Typed.Redis;

namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>A worker compiled ahead of time: how soon it handles a task that waits, and its memory at a constant load.</summary>
internal sealed class NativeRow : Row
{
    private const int WarmUp = 3;
    private const int Starts = 21;
    private const double MostStart = 100;
    private const int PerSecond = 10_000;
    private const double LeastOfRate = 0.95;
    private const double MostResident = 40;

    private static readonly TimeSpan LoadWarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    internal override string Name => "native";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        var program = await NativeWorker.PublishAsync(bench);
        return [await StartAsync(bench, program), await ResidentAsync(bench, program)];
    }

    private async Task<Measurement> StartAsync(Bench bench, string program)
    {
        var starts = new List<double>();
        for (var start = 0; start < WarmUp + Starts; start++)
        {
            await bench.Client.EnqueueAsync(new Noop(start));
            await using var worker = WorkerProcess.Start(program, bench.ConnectionString, "10");
            var handledAt = long.Parse(await worker.HearAsync("handled"), CultureInfo.InvariantCulture);
            starts.Add(Stopwatch.GetElapsedTime(worker.StartedAt, handledAt).TotalMilliseconds);
        }

        bench.Tell($"{Starts} starts, median {starts.Skip(WarmUp).Median():0.0} ms");
        return new Measurement(
            Name, "Native AOT, process start to first handler on a waiting task", "ms", starts.Skip(WarmUp).Median(),
            $"< {MostStart} ms", starts.Skip(WarmUp).Median() < MostStart)
        {
            Spread = starts.Skip(WarmUp).ToList().Spread(),
            Detail = $"{Starts} starts; most {starts.Skip(WarmUp).Max():0.0} ms, the first one ever {starts[0]:0.0} ms; "
                + $"the program has {new FileInfo(program).Length / (1024.0 * 1024):0.0} MiB",
        };
    }

    private async Task<Measurement> ResidentAsync(Bench bench, string program)
    {
        await bench.EmptyAsync();
        await using var worker = WorkerProcess.Start(program, bench.ConnectionString, "100");
        using var end = new CancellationTokenSource();
        var producing = SteadyProducer.RunAsync(bench, PerSecond, end.Token);
        await Task.Delay(LoadWarmUp, CancellationToken.None);
        var samples = new List<double>();
        var processed = Keys.Of(Bench.Queue).Processed;
        var before = (long)await bench.Database.StringGetAsync(processed);
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < LoadTime)
        {
            await Task.Delay(Between, CancellationToken.None);
            samples.Add(worker.Resident);
        }

        var rate = ((long)await bench.Database.StringGetAsync(processed) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        var peak = worker.Peak;
        await end.CancelAsync();
        await producing;
        bench.Tell($"{rate:N0} tasks a second, {samples.Max():0.0} MiB");
        return new Measurement(
            Name, $"Native AOT, resident at {PerSecond:N0} tasks a second, the most of all samples", "MiB", samples.Max(),
            $"< {MostResident} MiB", samples.Max() < MostResident && rate >= LeastOfRate * PerSecond)
        {
            Spread = samples.Spread(),
            Detail = $"{rate:N0} tasks/s for {LoadTime.TotalSeconds:0} s at concurrency 100; {samples.Count} samples of VmRSS, median "
                + $"{samples.Median():0.0}; VmHWM {peak:0.0}",
        };
    }
}
