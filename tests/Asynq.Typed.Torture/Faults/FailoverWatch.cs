using Asynq.Typed.Torture.Topologies;

namespace Asynq.Typed.Torture.Faults;

/// <summary>
/// Writes down when a replica has taken over, whether a fault was to bring that about or a busy machine did, and when the one
/// that was the primary is back and does not know it yet.
/// </summary>
internal sealed class FailoverWatch : IAsyncDisposable
{
    /// <summary>What a failover is called in the ledger. It lasts until the promoted node serves.</summary>
    public const string Fault = "failed-over";

    /// <summary>What it is called that a former primary answers, and takes itself for one still.</summary>
    public const string Back = "old-primary";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _ending = new();
    private readonly List<Task> _returns = [];
    private readonly Topology _topology;
    private readonly FaultLog _log;
    private readonly Task _watching;

    public FailoverWatch(Topology topology, FaultLog log)
    {
        (_topology, _log) = (topology, log);
        _watching = topology.FailsOver ? Task.Run(WatchAsync) : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watching;
        await Task.WhenAll(_returns);
        _ending.Dispose();
    }

    private async Task WatchAsync()
    {
        IReadOnlyList<RedisNode>? known = null;
        while (!_ending.IsCancellationRequested)
        {
            if (await _topology.PrimariesAsync() is { } primaries)
            {
                // One that is gone may come back on what it has on disk. One that was none before has taken over.
                var promoted = primaries.Except(known ?? primaries).ToList();
                if (promoted.Count > 0)
                {
                    await TakeOverAsync(promoted);
                    _returns.AddRange(known!.Except(primaries).Select(ReturnAsync));
                }

                known = promoted.Count > 0 ? primaries : known ?? primaries;
            }

            await WaitAsync();
        }
    }

    private async Task TakeOverAsync(List<RedisNode> promoted)
    {
        using var log = _log.Begin(Fault, FaultLog.Everybody, $"{string.Join(", ", promoted.Select(node => node.Name))} took over");
        foreach (var node in promoted)
        {
            // One that is broken in its turn has a successor of its own.
            while (!_ending.IsCancellationRequested && IsUp(node) && !await _topology.HasTakenOverAsync(node))
            {
                await WaitAsync();
            }
        }
    }

    private async Task ReturnAsync(RedisNode node)
    {
        while (!_ending.IsCancellationRequested && !IsUp(node))
        {
            await WaitAsync();
        }

        using var log = _log.Begin(Back, FaultLog.Everybody, node.Name);
        while (!_ending.IsCancellationRequested && !await node.IsReplicaAsync() && !await IsPrimaryAgainAsync(node))
        {
            await WaitAsync();
        }
    }

    private async Task<bool> IsPrimaryAgainAsync(RedisNode node) => await _topology.PrimariesAsync() is { } primaries
        && primaries.Contains(node) && await _topology.HasTakenOverAsync(node) && primaries.Count == _topology.PrimaryCount;

    private static bool IsUp(RedisNode node) => !node.IsDown && !node.IsFrozen;

    private Task WaitAsync() => Task.Delay(Interval, _ending.Token).ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
