using System.Collections.Concurrent;
using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>
/// The attempts of this server whose end Redis does not know yet: those that run, and those that have ended but could not
/// be written. Their leases are extended until they leave. Beside them, the attempts whose handlers are being cleaned up after.
/// </summary>
internal sealed class ActiveTasks
{
    private readonly ConcurrentDictionary<LeasedTask, ActiveTask> _attempts = new();

    internal int Count => All.Count();

    internal IEnumerable<ActiveTask> All => _attempts.Values.Where(static attempt => !attempt.Has(AttemptPhases.Known));

    /// <summary>Those whose handler's services are being disposed of.</summary>
    internal IEnumerable<ActiveTask> CleaningUp => _attempts.Values.Where(
        static attempt => attempt.Has(AttemptPhases.CleaningUp) && !attempt.Has(AttemptPhases.CleanedUp));

    internal void Add(ActiveTask attempt) => _attempts[attempt.Leased] = attempt;

    /// <summary>Redis knows the end of an attempt, or will not be told.</summary>
    internal void Remove(ActiveTask attempt) => NoteDone(attempt, attempt.Note(AttemptPhases.Known), AttemptPhases.Known);

    /// <summary>Something has been noted of an attempt: where that was the last there is to it, it is forgotten.</summary>
    internal void NoteDone(ActiveTask attempt, AttemptPhases before, AttemptPhases done)
    {
        if (before.IsCompletedBy(done, AttemptPhases.Gone))
        {
            _attempts.TryRemove(attempt.Leased, out _);
        }
    }

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
        foreach (var attempt in All.Where(attempt => attempt.Leased.Id == taskId))
        {
            attempt.TryStop(StopReason.Cancelled);
        }
    }

    internal void StopAll(StopReason reason)
    {
        foreach (var attempt in All)
        {
            attempt.TryStop(reason);
        }
    }
}
