using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    internal static async Task<string> DescribeAsync(Bench bench)
    {
        var redis = (await bench.Server.InfoAsync("server")).SelectMany(section => section)
            .First(pair => pair.Key == "redis_version").Value;
        return $"{Processor()}, {Environment.ProcessorCount} processors, "
            + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024 * 1024)} GiB, {RuntimeInformation.OSDescription}, "
            + $"{RuntimeInformation.FrameworkDescription}, Redis {redis} on loopback, load average {Load()}";
    }

    /// <summary>The memory of a process that is in use, in MiB.</summary>
    internal static double Resident(Process process)
    {
        process.Refresh();
        return process.WorkingSet64 / (1024.0 * 1024);
    }

    private static string Processor() => OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(": ").Last() ?? RuntimeInformation.ProcessArchitecture.ToString()
        : RuntimeInformation.ProcessArchitecture.ToString();

    private static string Load() =>
        OperatingSystem.IsLinux() ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]) : "not known";
}
