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

    internal static void Save(IReadOnlyList<Measurement> measurements, string machine, string file)
    {
        using var output = File.Create(file);
        JsonSerializer.Serialize(
            output,
            new { Machine = machine, Rows = measurements.Select(Data) },
            Json);
    }

    private static object Data(Measurement line) => new
    {
        line.Row, line.What, line.Unit, line.Figure, line.Ceiling, line.Ratio, line.Spread, line.Target, line.IsMet, line.Detail,
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
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    private static void Print(string[] cells, int[] widths) =>
        Console.WriteLine($"| {string.Join(" | ", cells.Select((cell, column) => cell.PadRight(widths[column])))} |");
}
