using Asynq.Typed.Torture.Processes;
using Asynq.Typed.Torture.Tasks;
using Asynq.Typed.Torture.Topologies;

namespace Asynq.Typed.Torture.Faults;

/// <summary>What faults act on.</summary>
internal sealed record Stage(
    Topology Topology,
    IReadOnlyList<Role> Workers,
    IReadOnlyList<Role> Producers,
    IReadOnlyList<Role> Schedulers,
    IReadOnlyList<string> Queues,
    Timings Timings,
    FaultLog Log,
    LedgerClient Client,
    RawRedis Raw)
{
    /// <summary>Cancelled when the time for faults is over: those that last are cut short.</summary>
    public required CancellationToken Ending { get; init; }

    /// <summary>Waits, unless the run ends.</summary>
    public Task WaitAsync(TimeSpan time) => Task.Delay(time, Ending).ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
