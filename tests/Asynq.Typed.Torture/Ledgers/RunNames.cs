using System.Globalization;

namespace Asynq.Typed.Torture.Ledgers;

/// <summary>Names runs: worker, process id and a number.</summary>
internal sealed class RunNames(string worker)
{
    private int _last;

    /// <summary>What the process is called: all names of its runs start with this and a dot.</summary>
    public string Process { get; } = string.Create(CultureInfo.InvariantCulture, $"{worker}.{Environment.ProcessId}");

    public string Next() =>
        string.Create(CultureInfo.InvariantCulture, $"{Process}.{Interlocked.Increment(ref _last)}");
}
