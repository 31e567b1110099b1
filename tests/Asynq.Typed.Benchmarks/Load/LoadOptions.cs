namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What <c>load</c> was asked to do.</summary>
internal sealed record LoadOptions
{
    internal const string Help = """
        load [--full] [--peers] [--only ROW]... [--json FILE]

          --full       also growth, memory, a Native AOT worker, and what the time of a task is made of
          --peers      also Hangfire on the same Redis and the same work
          --only ROW   only that row of all these, or those whose name begins so; may be repeated
          --json FILE  the table as data, written anew after each row
        """;

    internal bool Full { get; init; }

    internal bool Peers { get; init; }

    internal IReadOnlyList<string> Only { get; init; } = [];

    internal string? Json { get; init; }

    /// <exception cref="ArgumentException">An argument is unknown, or lacks its value.</exception>
    internal static LoadOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new LoadOptions();
        for (var at = 0; at < args.Length; at++)
        {
            options = args[at..] switch
            {
                ["--full", ..] => options with { Full = true },
                ["--peers", ..] => options with { Peers = true },
                ["--only", var row, ..] when IsValue(row) => options with { Only = [.. options.Only, args[++at]] },
                ["--json", var file, ..] when IsValue(file) => options with { Json = args[++at] },
                _ => throw new ArgumentException($"'{args[at]}' is no option, or lacks its value."),
            };
        }

        return options;
    }

    private static bool IsValue(string argument) => argument.Length > 0 && !argument.StartsWith("--", StringComparison.Ordinal);
}
