using System.Text.Json.Nodes;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>The rows that are part of this project, and those of the folder that ASYNQ_GOLDEN names.</summary>
internal static class GoldenRows
{
    private const string FurtherFolder = "ASYNQ_GOLDEN";

    private static readonly Lazy<Dictionary<string, GoldenRow>> All = new(Load);

    /// <summary>File name and row name of each row.</summary>
    public static IEnumerable<string> Names => All.Value.Keys;

    public static GoldenRow Of(string name) => All.Value[name];

    private static Dictionary<string, GoldenRow> Load()
    {
        var rows = Read("", Path.Combine(AppContext.BaseDirectory, "Golden", "Rows"));
        if (Environment.GetEnvironmentVariable(FurtherFolder) is { Length: > 0 } folder)
        {
            foreach (var (name, row) in Read(FurtherFolder + "/", folder))
            {
                rows.Add(name, row);
            }
        }

        return rows;
    }

    // A file that records no operation (cron, options, …) is for other tests.
    private static Dictionary<string, GoldenRow> Read(string prefix, string folder)
    {
        var rows = new Dictionary<string, GoldenRow>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            if (JsonNode.Parse(File.ReadAllText(file)) is not JsonArray array)
            {
                continue;
            }

            foreach (var row in array.OfType<JsonObject>().Where(row => row.ContainsKey("op")).Select(row => new GoldenRow(row)))
            {
                rows.Add($"{prefix}{Path.GetFileName(file)}: {row.Name}", row);
            }
        }

        return rows;
    }
}
