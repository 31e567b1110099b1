namespace Asynq.Typed.Server.Tests;

/// <summary>The page beside the server's code.</summary>
internal static class Readme
{
    internal static string[] Lines { get; } =
        File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Server.README.md"));

    /// <summary>The cells of the table whose first heading is given, without its heading.</summary>
    internal static IReadOnlyList<string[]> Table(string heading) =>
    [
        .. Lines.SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];
}
