using System.Globalization;
using System.Net;

namespace Shop;

/// <summary>What the command line asks for.</summary>
internal sealed record Arguments(int Port, string? Redis, bool Demo)
{
    public const string Usage = """
        Usage: dotnet run --project samples/Shop [-- [--port PORT] [--redis HOST:PORT] [--demo]]

          --port PORT         listen on that port of 127.0.0.1: 1 to 65535, or 0 for any free one; 5080 by default
          --redis HOST:PORT   use that Redis in place of the embedded server
          --demo              end after the tour; the exit code says whether all went as it should
        """;

    private const int DefaultPort = 5080;

    /// <summary>Reads the command line; <c>null</c>, and why, where it cannot be read.</summary>
    public static Arguments? Parse(string[] args, out string? fault)
    {
        fault = null;
        var read = new Arguments(DefaultPort, null, false);
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[i + 1] : null;
            switch (args[i])
            {
                case "--port" when ParsePort(value) is { } port:
                    read = read with { Port = port };
                    i++;
                    break;
                case "--port":
                    fault = $"--port needs a number from 0 to {IPEndPoint.MaxPort}, not '{value}'.";
                    return null;
                case "--redis" when value is not null:
                    read = read with { Redis = value };
                    i++;
                    break;
                case "--redis":
                    fault = "--redis needs an address, such as localhost:6379.";
                    return null;
                case "--demo":
                    read = read with { Demo = true };
                    break;
                default:
                    fault = $"'{args[i]}' is not an option.";
                    return null;
            }
        }

        return read;
    }

    private static int? ParsePort(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? port
            : null;
}
