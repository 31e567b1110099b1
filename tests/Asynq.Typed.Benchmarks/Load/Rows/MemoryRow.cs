using Asynq.Typed.Redis;

namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>
/// The memory of a process with a server and a scheduler that have nothing to do, while few or very many tasks wait in a queue
/// that is paused: the server looks at it as often as at any other, and may not take from it.
/// </summary>
internal sealed class MemoryRow : Row
{
    private const int Few = 1_000;
    private const int Many = 1_000_000;
    private const int Repeats = 5;
    private const int Samples = 20;

    // A worker that kept one byte for a task would show it.
    private const double LeastNoise = 1;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);

    internal override string Name => "memory";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        await using var other = await Bench.StartAsync(Name);
        await FillAsync(other, Few);
        bench.Tell($"{Many:N0} tasks are enqueued");
        await FillAsync(bench, Many);
        var (few, many) = (new List<double>(), new List<double>());
        for (var repeat = 1; repeat <= Repeats; repeat++)
        {
            var pair = await Task.WhenAll(ResidentAsync(other), ResidentAsync(bench));
            few.Add(pair[0]);
            many.Add(pair[1]);
            bench.Tell($"{repeat}/{Repeats}: {few[^1]:0.0} MiB with {Few:N0} tasks, {many[^1]:0.0} with {Many:N0}");
        }

        var noise = Math.Max(Math.Max(few.Max() - few.Min(), many.Max() - many.Min()), LeastNoise);
        var more = many.Median() - few.Median();
        return
        [
            new Measurement(Name, $"resident, {Many:N0} pending, idle", "MiB", many.Median(), $"as with {Few:N0}, within noise", more <= noise)
            {
                Ceiling = few.Median(),
                Ratio = many.Median() / few.Median(),
                Spread = many.Spread(),
                Detail = $"the ceiling is {Few:N0} pending; {more:+0.0;−0.0} MiB, noise {noise:0.0} MiB: the spread of {Repeats} processes each",
            },
        ];
    }

    private static async Task FillAsync(Bench bench, int count)
    {
        await bench.Database.StringSetAsync(Keys.Of(Bench.Queue).Paused, 1);
        await bench.FillAsync(Enumerable.Range(0, count).Select(number => new Noop(number)));
    }

    private static async Task<double> ResidentAsync(Bench bench)
    {
        await using var worker = WorkerProcess.StartSelf("worker", bench.ConnectionString);
        await worker.HearAsync(IdleWorker.Ready);
        await Task.Delay(Settle);
        var samples = new List<double>();
        for (var sample = 0; sample < Samples; sample++)
        {
            await Task.Delay(Between);
            samples.Add(worker.Resident);
        }

        return samples.Median();
    }
}
