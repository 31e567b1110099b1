using System.Text.Json;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>Rows recorded from the reference: those of this project, and those of the folder that ASYNQ_GOLDEN names.</summary>
internal static class GoldenRows
{
    internal static IReadOnlyList<JsonElement> Read(string file)
    {
        using var own = typeof(GoldenRows).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"There is no golden file '{file}' in this assembly.");
        var rows = Rows(own).ToList();

        var folder = Environment.GetEnvironmentVariable("ASYNQ_GOLDEN");
        var further = folder is null ? null : Path.Combine(folder, file);
        if (further is not null && File.Exists(further))
        {
            using var stream = File.OpenRead(further);
            rows.AddRange(Rows(stream));
        }

        return rows;
    }

    private static IEnumerable<JsonElement> Rows(Stream stream)
    {
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.EnumerateArray().Select(row => row.Clone())];
    }
}
