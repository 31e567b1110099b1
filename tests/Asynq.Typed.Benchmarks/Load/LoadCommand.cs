using System.Diagnostics;
using Asynq.Typed.Benchmarks.Load.Rows;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>Measures the rows, each on a fresh Redis server, and prints the table.</summary>
internal static class LoadCommand
{
    /// <returns>0; 1 where a target was missed, 2 where the arguments are wrong.</returns>
    internal static async Task<int> RunAsync(string[] args)
    {
        LoadOptions options;
        try
        {
            options = LoadOptions.Parse(args);
        }
        catch (ArgumentException exception)
        {
            Console.Error.WriteLine(args is ["--help"] ? LoadOptions.Help : $"{exception.Message}\n{LoadOptions.Help}");
            return args is ["--help"] ? 0 : 2;
        }

        var rows = Chosen(options);
        if (rows.Count == 0)
        {
            Console.Error.WriteLine($"No such row. There are: {string.Join(", ", All(peers: true).Select(row => row.Name))}.");
            return 2;
        }

        var began = Stopwatch.StartNew();
        var (machine, measurements) = await MeasureAsync(rows);
        Console.WriteLine($"\n{machine}; {began.Elapsed.TotalSeconds:0} s in all\n");
        Table.Print(measurements);
        if (options.Json is { } file)
        {
            Table.Save(measurements, machine, file);
        }

        var missed = measurements.Where(line => line.IsMet == false).ToList();
        Console.WriteLine(missed.Count == 0 ? "\nEvery target met." : $"\n{missed.Count} targets missed.");
        return missed.Count == 0 ? 0 : 1;
    }

    private static async Task<(string Machine, IReadOnlyList<Measurement> Measurements)> MeasureAsync(List<Row> rows)
    {
        var machine = "";
        var measurements = new List<Measurement>();
        for (var i = 0; i < rows.Count; i++)
        {
            var began = Stopwatch.StartNew();
            Console.Error.WriteLine($"[{i + 1}/{rows.Count}] {rows[i].Name}");
            await using var bench = await Bench.StartAsync(rows[i].Name);
            machine = i == 0 ? await Machine.DescribeAsync(bench) : machine;
            measurements.AddRange(await rows[i].MeasureAsync(bench));
            bench.Tell($"{began.Elapsed.TotalSeconds:0.0} s");
        }

        return (machine, measurements);
    }

    private static List<Row> Chosen(LoadOptions options) =>
    [
        .. All(options.Peers).Where(row =>
            options.Only.Count == 0 || options.Only.Any(name => row.Name.StartsWith(name, StringComparison.Ordinal))),
    ];

    private static Row[] All(bool peers) =>
    [
        new ProcessingRow(10),
        new ProcessingRow(100),
        new EnqueueRow(),
        new StartLatencyRow(),
        new DueRow(1),
        new DueRow(1_000),
        new DueRow(100_000),
        new DueSecondRow(),
        new IdleCallsRow(),
        new AllocationRow(),
        .. peers ? [new PeerRow(10), new PeerRow(100)] : Array.Empty<Row>(),
    ];
}
