using System.Diagnostics;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>Measures the rows, each on a fresh Redis server, and prints the table.</summary>
internal static class LoadCommand
{
    /// <returns>0; 1 where a target was missed or a row failed, 2 where the arguments are wrong.</returns>
    internal static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--help"])
        {
            Console.WriteLine(LoadOptions.Help);
            return 0;
        }

        LoadOptions options;
        IReadOnlyList<Row> rows;
        try
        {
            options = LoadOptions.Parse(args);
            rows = RowSet.Chosen(options);
        }
        catch (ArgumentException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n{LoadOptions.Help}");
            return 2;
        }

        return Report(await MeasureAsync(rows, options.Json));
    }

    private static async Task<RunLog> MeasureAsync(IReadOnlyList<Row> rows, string? json)
    {
        var log = new RunLog();
        for (var i = 0; i < rows.Count; i++)
        {
            Console.Error.WriteLine($"[{i + 1}/{rows.Count}] {rows[i].Name}");
            await MeasureAsync(rows[i], log);
            if (json is not null)
            {
                // Each time, so that a run that is ended early has left something.
                Table.Save(log, json);
            }
        }

        return log;
    }

    /// <summary>Measures one row. One that fails is a line of the table, too, and the others follow.</summary>
    private static async Task MeasureAsync(Row row, RunLog log)
    {
        var began = Stopwatch.StartNew();
        IReadOnlyList<Measurement> lines;
        try
        {
            await using var bench = await Bench.StartAsync(row.Name);
            log.Machine ??= await Machine.DescribeAsync(bench);
            lines = await row.MeasureAsync(bench);
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine($"  {row.Name}: {exception}");
            lines = [Measurement.Failed(row.Name, exception)];
        }

        log.Add(row.Name, lines, began.Elapsed);
        foreach (var line in lines)
        {
            Console.Error.WriteLine($"  {row.Name}: {Table.Summary(line)}");
        }

        Console.Error.WriteLine($"  {row.Name}: {began.Elapsed.TotalSeconds:0} s");
    }

    private static int Report(RunLog log)
    {
        Console.WriteLine($"\n{log.Machine}\n");
        Table.Print(log.Lines);
        Console.WriteLine($"\nSeconds: {string.Join(", ", log.Took.Select(row => $"{row.Row} {row.Time.TotalSeconds:0}"))}; "
            + $"{log.Took.Sum(row => row.Time.TotalSeconds):0} in all.");
        var missed = log.Lines.Where(line => line.IsMet == false).ToList();
        Console.WriteLine(missed.Count == 0
            ? "Every target met."
            : $"{missed.Count} of {log.Lines.Count(line => line.IsMet is not null)} targets missed: "
                + $"{string.Join("; ", missed.Select(line => $"{line.Row} ({line.What})"))}.");
        return missed.Count == 0 ? 0 : 1;
    }
}
