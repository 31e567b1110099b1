using System.Globalization;

namespace Asynq.Typed.Torture.Ledgers;

/// <summary>Names runs: worker, process id and a number.</summary>
internal sealed class RunNames(string worker)
{
    private int _last;

    public string Next() =>
        string.Create(CultureInfo.InvariantCulture, $"{worker}.{Environment.ProcessId}.{Interlocked.Increment(ref _last)}");
}
