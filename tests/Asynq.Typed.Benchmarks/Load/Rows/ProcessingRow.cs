namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>Tasks that do nothing, as fast as they go.</summary>
internal sealed class ProcessingRow(int concurrency) : Row
{
    private const int Tasks = 60_000;
    private const int Pairs = 5;
    private const double Least = 0.8;

    internal override string Name => $"process-{concurrency}";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        var run = new ProcessingRun(bench, concurrency, Bench.Queue);
        var warm = await run.ServerAsync(Tasks, number => new Noop(number));
        await run.CeilingAsync(Tasks / 2, number => new Noop(number), warm.Batch);
        var pairs = new List<(ProcessingRun.Result Figure, ProcessingRun.Result Ceiling)>();
        for (var pair = 1; pair <= Pairs; pair++)
        {
            var figure = await run.ServerAsync(Tasks, number => new Noop(number));
            var ceiling = await run.CeilingAsync(Tasks, number => new Noop(number), figure.Batch);
            pairs.Add((figure, ceiling));
            bench.Tell($"{pair}/{Pairs}: {figure.TasksPerSecond:N0} of {ceiling.TasksPerSecond:N0} a second");
        }

        var line = Repeats.Against(
            Name,
            $"no-op tasks, concurrency {concurrency}",
            "tasks/s",
            [.. pairs.Select(pair => (pair.Figure.TasksPerSecond, pair.Ceiling.TasksPerSecond))],
            Least);
        var batch = pairs.Select(pair => pair.Figure.Batch).Median();
        var script = pairs.Select(pair => pair.Figure.ScriptMicrosecondsPerTask).Median();
        var least = pairs.Select(pair => pair.Ceiling.ScriptMicrosecondsPerTask).Median();
        return
        [
            line with
            {
                Detail = $"batches of {batch:0.0}, one connection; Redis in scripts {script:0.0} µs a task, at the ceiling {least:0.0}",
            },
        ];
    }
}
