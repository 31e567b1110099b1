namespace Asynq.Typed.Benchmarks.Load.Rows;

/// <summary>Tasks of 1 MiB, in bytes a second.</summary>
internal sealed class LargePayloadRow : Row
{
    private const int Bytes = 1024 * 1024;
    private const int Tasks = 400;
    private const int Pairs = 5;
    private const double Least = 0.8;

    internal override string Name => "payload-1m";

    internal override async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench)
    {
        var size = new WorkSize("1 MiB") { Concurrency = 10, Pending = Tasks, Tasks = Tasks }.WithPayload(Bytes);
        var run = new SizedRun(bench, size);
        var pairs = new List<(double Figure, double Ceiling)>();
        var alone = new List<double>();
        var batch = 0.0;
        for (var pair = 0; pair <= Pairs; pair++)
        {
            var figure = await run.ServerAsync();
            var ceiling = await run.CeilingAsync(figure.Batch);
            alone.Add((await run.CeilingAsync(figure.Batch, atOnce: 1)).TasksPerSecond);
            batch = figure.Batch;
            bench.Tell($"{pair}/{Pairs}: {figure.TasksPerSecond:N0} of {ceiling.TasksPerSecond:N0} MiB a second");
            if (pair > 0)
            {
                pairs.Add((figure.TasksPerSecond, ceiling.TasksPerSecond));
            }
        }

        return
        [
            Repeats.Against(Name, "payload of 1 MiB, concurrency 10", "MiB/s", pairs, Least) with
            {
                Detail = $"{Tasks} tasks, batches of {batch:0.0}, one connection; the ceiling with one fetch at a time, as a server has "
                    + $"it, {alone.Median():0}",
            },
        ];
    }
}
