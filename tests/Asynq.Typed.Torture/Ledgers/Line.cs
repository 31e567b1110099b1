using System.Globalization;

namespace Asynq.Typed.Torture.Ledgers;

/// <summary>A line of a ledger, read back. Its time is in microseconds since 1970.</summary>
internal sealed record Line(long At, Entry Entry, string Id, IReadOnlyList<string> Fields)
{
    public string Field(int at) => at < Fields.Count ? Fields[at] : "";

    /// <summary>Every line of every ledger in a folder, by time. What a killed process was writing is left out.</summary>
    public static IReadOnlyList<Line> ReadAll(string folder)
    {
        var lines = new List<Line>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.ledger"))
        {
            var text = File.ReadAllText(file);
            var whole = text[..(text.LastIndexOf('\n') + 1)];
            lines.AddRange(whole.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse));
        }

        return [.. lines.OrderBy(line => line.At)];
    }

    private static Line Parse(string text)
    {
        var fields = text.Split('\t');
        return new Line(
            long.Parse(fields[0], CultureInfo.InvariantCulture), Enum.Parse<Entry>(fields[1]), fields[2], fields[3..]);
    }
}
