namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What <c>load</c> was asked to do.</summary>
internal sealed record LoadOptions
{
    internal const string Help = """
        load [--peers] [--only ROW]... [--json FILE]

          --peers      also Hangfire on the same Redis and the same work
          --only ROW   only the rows whose name begins with ROW; may be repeated
          --json FILE  the table as data
        """;

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
                ["--peers", ..] => options with { Peers = true },
                ["--only", _, ..] => options with { Only = [.. options.Only, args[++at]] },
                ["--json", _, ..] => options with { Json = args[++at] },
                _ => throw new ArgumentException($"'{args[at]}' is no option, or lacks its value."),
            };
        }

        return options;
    }
}
