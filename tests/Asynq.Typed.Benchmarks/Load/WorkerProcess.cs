using System.Diagnostics;
using System.Globalization;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>A worker in a process of its own. It ends when its standard input does.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(15);

    private readonly Process _process;

    private WorkerProcess(Process process, long startedAt)
    {
        _process = process;
        StartedAt = startedAt;
    }

    /// <summary>The moment before it was started, by <see cref="Stopwatch"/>, whose clock all processes of a machine share.</summary>
    internal long StartedAt { get; }

    /// <summary>Memory in use, in MiB.</summary>
    internal double Resident => Memory("VmRSS:");

    /// <summary>The most memory that was ever in use, in MiB.</summary>
    internal double Peak => Memory("VmHWM:");

    /// <summary>This program, with other arguments.</summary>
    internal static WorkerProcess StartSelf(params ReadOnlySpan<string> arguments) =>
        Start("dotnet", [typeof(WorkerProcess).Assembly.Location, .. arguments]);

    internal static WorkerProcess Start(string file, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var startedAt = Stopwatch.GetTimestamp();
        return new WorkerProcess(Process.Start(start)!, startedAt);
    }

    /// <summary>What it says next behind a word.</summary>
    internal async Task<string> HearAsync(string word)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith(word, StringComparison.Ordinal))
            {
                return line[word.Length..].Trim();
            }
        }

        throw new InvalidOperationException($"A worker process ended before it said '{word}'.");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(EndTime);
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private double Memory(string name)
    {
        // In KiB.
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
