namespace Quickstart;

/// <summary>What the command line asks for.</summary>
internal sealed record Arguments(string? Redis, bool KeepRunning)
{
    public const string Usage = """
        Usage: dotnet run --project samples/Quickstart [-- [--redis HOST:PORT] [--keep-running]]

          --redis HOST:PORT   use that Redis in place of the embedded server
          --keep-running      keep the worker up until Ctrl+C
        """;

    /// <summary>Reads the command line; <c>null</c>, and why, where it cannot be read.</summary>
    public static Arguments? Parse(string[] args, out string? fault)
    {
        fault = null;
        string? redis = null;
        var keepRunning = false;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--redis" when i + 1 < args.Length && !args[i + 1].StartsWith('-'):
                    redis = args[++i];
                    break;
                case "--redis":
                    fault = "--redis needs an address, such as localhost:6379.";
                    return null;
                case "--keep-running":
                    keepRunning = true;
                    break;
                default:
                    fault = $"'{args[i]}' is not an option.";
                    return null;
            }
        }

        return new Arguments(redis, keepRunning);
    }
}
