namespace Asynq.Typed.Server.Tests;

/// <summary>The pages whose tables are tested: the one beside the server's code, and the front page.</summary>
internal static class Readme
{
    internal static string[] Lines { get; } =
        File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Server.README.md"));

    internal static string[] Front { get; } =
        File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Front.README.md"));

    /// <summary>The lines of the first block of code behind a line.</summary>
    internal static IReadOnlyList<string> Code(string behind) =>
    [
        .. Lines.SkipWhile(line => line != behind)
            .SkipWhile(static line => !line.StartsWith("```", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(static line => line != "```"),
    ];

    /// <summary>The cells of the table whose first heading is given, without its heading.</summary>
    internal static IReadOnlyList<string[]> Table(string heading) => Table(Lines, heading);

    internal static IReadOnlyList<string[]> Table(string[] page, string heading) =>
    [
        .. page.SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];
}
