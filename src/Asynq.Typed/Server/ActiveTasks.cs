using System.Collections.Concurrent;
using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>
/// The attempts of this server whose end Redis does not know yet: those that run, and those that have ended but could not
/// be written. Their leases are extended until they leave.
/// </summary>
internal sealed class ActiveTasks
{
    private readonly ConcurrentDictionary<LeasedTask, ActiveTask> _attempts = new();

    internal int Count => _attempts.Count;

    internal IEnumerable<ActiveTask> All => _attempts.Values;

    internal void Add(ActiveTask attempt) => _attempts[attempt.Leased] = attempt;

    internal void Remove(ActiveTask attempt) => _attempts.TryRemove(attempt.Leased, out _);

    /// <summary>Ends the attempt at a task, if it is still running here.</summary>
    internal void Stop(LeasedTask leased, StopReason reason)
    {
        if (_attempts.TryGetValue(leased, out var attempt))
        {
            attempt.TryStop(reason);
        }
    }

    /// <summary>Ends all attempts at tasks with an id. Ids are unique within a queue only.</summary>
    internal void Cancel(string taskId)
    {
        foreach (var attempt in _attempts.Values.Where(attempt => attempt.Leased.Id == taskId))
        {
            attempt.TryStop(StopReason.Cancelled);
        }
    }

    internal void StopAll(StopReason reason)
    {
        foreach (var attempt in _attempts.Values)
        {
            attempt.TryStop(reason);
        }
    }
}
