using Asynq.Typed.Torture.Topologies;

namespace Asynq.Typed.Torture.Faults;

/// <summary>Writes down when a replica has taken over, whether a fault was to bring that about or a busy machine did.</summary>
internal sealed class FailoverWatch : IAsyncDisposable
{
    /// <summary>What a failover is called in the ledger. It lasts until everybody agrees who the primary is.</summary>
    public const string Fault = "failed-over";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();
    private readonly Task _watching;

    public FailoverWatch(Topology topology, FaultLog log) =>
        _watching = topology.FailsOver ? Task.Run(() => WatchAsync(topology, log)) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watching;
        _ending.Dispose();
    }

    private async Task WatchAsync(Topology topology, FaultLog log)
    {
        var last = await NamesAsync(topology);
        while (!_ending.IsCancellationRequested)
        {
            await Task.Delay(Interval, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // One that is gone may come back on what it has on disk. One that was none before has taken over.
            var promoted = (await NamesAsync(topology)).Except(last).ToList();
            if (promoted.Count == 0)
            {
                continue;
            }

            using (log.Begin(Fault, FaultLog.Everybody, $"{string.Join(", ", promoted)} took over"))
            {
                await topology.WhenServingAsync();
            }

            last = await NamesAsync(topology);
        }
    }

    private static async Task<List<string>> NamesAsync(Topology topology) =>
        [.. (await topology.PrimariesAsync()).Select(node => node.Name)];
}
