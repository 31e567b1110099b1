namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>
/// Whether processing slows down as the work grows: a small and a large one in turn, each with its ceiling. The small one is on a
/// Redis of its own, so that neither has to be made anew for each repeat.
/// </summary>
internal sealed class GrowthRow(string name, string what, WorkSize small, WorkSize large) : Row
{
    private const int Repeats = 5;
    private const double Least = 0.8;

    internal static readonly GrowthRow Pending = new(
        "growth-pending",
        "pending tasks",
        new WorkSize("1,000") { Pending = 1_000 },
        new WorkSize("1,000,000") { Pending = 1_000_000 });

    internal static readonly GrowthRow Concurrency = new(
        "growth-concurrency",
        "concurrency",
        new WorkSize("10") { Concurrency = 10 },
        new WorkSize("1,000") { Concurrency = 1_000 });

    internal static readonly GrowthRow Queues = new(
        "growth-queues",
        "queues",
        new WorkSize("1"),
        new WorkSize("100") { Queues = [.. Enumerable.Range(0, 100).Select(number => $"queue-{number}")] });

    internal static readonly GrowthRow Payload = new(
        "growth-payload",
        "payload",
        new WorkSize("about 10 bytes"),
        new WorkSize("1 KiB").WithPayload(1_024));

    internal override string Name => name;

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        await using var other = await Bench.StartAsync(name);
        var runs = new List<(Pair Small, Pair Large)>();
        for (var repeat = 0; repeat <= Repeats; repeat++)
        {
            var run = (Small: await PairAsync(other, small), Large: await PairAsync(bench, large));
            bench.Tell($"{repeat}/{Repeats}: with {small.Label} {run.Small}, with {large.Label} {run.Large}");
            if (repeat > 0)
            {
                // The one before only warms up.
                runs.Add(run);
            }
        }

        return [Absolute(runs), OfCeiling(runs)];
    }

    private Measurement Absolute(List<(Pair Small, Pair Large)> runs)
    {
        var line = Load.Repeats.Against(
            name,
            $"{what}: {small.Label} → {large.Label}",
            "tasks/s",
            [.. runs.Select(run => (run.Large.Figure.TasksPerSecond, run.Small.Figure.TasksPerSecond))],
            Least);
        return line with
        {
            Target = $"≥ {Least:P0} of that with {small.Label}",
            Detail = $"the ceiling is the same server with {small.Label}; batches of {Median(runs, run => run.Small.Figure.Batch):0.0}"
                + $" → {Median(runs, run => run.Large.Figure.Batch):0.0}; Redis in scripts "
                + $"{Median(runs, run => run.Small.Figure.ScriptMicrosecondsPerTask):0.0} → "
                + $"{Median(runs, run => run.Large.Figure.ScriptMicrosecondsPerTask):0.0} µs a task",
        };
    }

    private Measurement OfCeiling(List<(Pair Small, Pair Large)> runs)
    {
        var line = Load.Repeats.Against(
            name,
            "the same, each as a part of its own ceiling",
            "%",
            [.. runs.Select(run => (100 * run.Large.OfCeiling, 100 * run.Small.OfCeiling))],
            Least);
        return line with
        {
            // Where this stays and the absolute figure does not, it is Redis that has more to do.
            Target = "",
            IsMet = null,
            Detail = $"ceilings {Median(runs, run => run.Small.Ceiling.TasksPerSecond):N0} → "
                + $"{Median(runs, run => run.Large.Ceiling.TasksPerSecond):N0} tasks/s",
        };
    }

    private static double Median(List<(Pair Small, Pair Large)> runs, Func<(Pair Small, Pair Large), double> figure) =>
        runs.Select(figure).Median();

    private static async Task<Pair> PairAsync(Bench bench, WorkSize size)
    {
        var run = new SizedRun(bench, size);
        var figure = await run.ServerAsync();
        return new Pair(figure, await run.CeilingAsync(figure.Batch));
    }

    private sealed record Pair(SizedResult Figure, SizedResult Ceiling)
    {
        internal double OfCeiling => Figure.TasksPerSecond / Ceiling.TasksPerSecond;

        public override string ToString() => $"{Figure.TasksPerSecond:N0} of {Ceiling.TasksPerSecond:N0} a second";
    }
}
