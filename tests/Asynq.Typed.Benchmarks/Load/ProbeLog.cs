using System.Collections.Concurrent;
using System.Diagnostics;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>When probes were started.</summary>
internal sealed class ProbeLog
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<long>> _waiting = new();
    private readonly ConcurrentQueue<double> _late = new();
    private long _runs;

    /// <summary>How many were started, those of the same number counted again.</summary>
    internal long Runs => Interlocked.Read(ref _runs);

    /// <summary>How late each scheduled one was, in milliseconds; in the order of their starts.</summary>
    internal IReadOnlyCollection<double> Late => _late;

    /// <summary>When a probe is started, by <see cref="Stopwatch"/>.</summary>
    internal Task<long> StartOf(int number) => Wait(number).Task;

    internal void Started(Probe probe)
    {
        var at = Stopwatch.GetTimestamp();
        if (probe.DueUnixMicroseconds > 0)
        {
            _late.Enqueue((NowUnixMicroseconds - probe.DueUnixMicroseconds) / 1000.0);
        }

        Interlocked.Increment(ref _runs);
        Wait(probe.Number).TrySetResult(at);
    }

    internal static long NowUnixMicroseconds =>
        (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private TaskCompletionSource<long> Wait(int number) =>
        _waiting.GetOrAdd(number, static _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
}
