using System.Globalization;

namespace Asynq.Typed.Torture.Processes;

/// <summary>Whose a connection is, as the system's tables say.</summary>
internal static class Sockets
{
    private const string Link = "socket:[";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>The local ports of a process's connections; none where it has ended.</summary>
    public static IReadOnlySet<int> PortsOf(int processId)
    {
        try
        {
            var inodes = Directory.EnumerateFiles($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/fd")
                .Select(file => new FileInfo(file).LinkTarget ?? "")
                .Where(target => target.StartsWith(Link, StringComparison.Ordinal))
                .Select(target => target[Link.Length..^1])
                .ToHashSet();
            return Tables
                .SelectMany(table => File.ReadLines(table).Skip(1))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => inodes.Contains(fields[9]))
                .Select(fields => int.Parse(fields[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                .ToHashSet();
        }
        catch (IOException)
        {
            return new HashSet<int>();
        }
    }
}
