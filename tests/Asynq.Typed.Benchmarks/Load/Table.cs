using System.Globalization;
using System.Text.Json;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>The measurements as people and as programs read them.</summary>
internal static class Table
{
    private static readonly string[] Head = ["row", "what", "figure", "ceiling", "ratio", "spread", "target", "met", "on"];
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    internal static void Print(IReadOnlyList<Measurement> measurements)
    {
        var lines = measurements.Select(Cells).Prepend(Head).ToList();
        int[] widths = [.. Head.Select((_, column) => lines.Max(line => line[column].Length))];
        Print(lines[0], widths);
        Console.WriteLine($"| {string.Join(" | ", widths.Select(width => new string('-', width)))} |");
        foreach (var line in lines.Skip(1))
        {
            Print(line, widths);
        }
    }

    internal static void Save(RunLog log, string file)
    {
        using var output = File.Create(file);
        JsonSerializer.Serialize(
            output,
            new
            {
                log.Machine,
                Rows = log.Lines.Select(Data),
                Seconds = log.Took.ToDictionary(row => row.Row, row => Math.Round(row.Time.TotalSeconds, 1)),
            },
            Json);
    }

    /// <summary>A line in short, to be shown while others are still measured.</summary>
    internal static string Summary(Measurement line) =>
        $"{line.What}: {Number(line.Figure)} {line.Unit}"
        + (line.Ratio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $", {ratio:P0}") : "")
        + (line.IsMet == false ? $", target {line.Target} MISSED" : "");

    private static object Data(Measurement line) => new
    {
        line.Row, line.What, line.Unit, Figure = double.IsNaN(line.Figure) ? (double?)null : line.Figure, line.Ceiling, line.Ratio, line.Spread, line.Target, line.IsMet, line.Detail,
    };

    private static string[] Cells(Measurement line) =>
    [
        line.Row,
        line.What,
        $"{Number(line.Figure)} {line.Unit}",
        line.Ceiling is { } ceiling ? Number(ceiling) : "",
        line.Ratio is { } ratio ? ratio.ToString("P0", CultureInfo.InvariantCulture) : "",
        line.Spread is { } spread ? spread.ToString("P0", CultureInfo.InvariantCulture) : "",
        line.Target,
        line.IsMet switch { true => "yes", false => "NO", null => "" },
        line.Detail,
    ];

    private static string Number(double value) => Math.Abs(value) switch
    {
        double.NaN => "",
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    private static void Print(string[] cells, int[] widths) =>
        Console.WriteLine($"| {string.Join(" | ", cells.Select((cell, column) => cell.PadRight(widths[column])))} |");
}
