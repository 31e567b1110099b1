using Asynq.Typed.Transforms;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Scheduling;

/// <summary>The entries of one scheduler. No two have the same identity, for they would share their ticks.</summary>
internal sealed class EntryTable(TimeZoneInfo zone, TransformChain transforms, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ScheduleEntry> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScheduleEntry> _byIdentity = new(StringComparer.Ordinal);
    private readonly List<ScheduleEntry> _removed = [];

    /// <summary>An entry for a task, which is still to be added.</summary>
    /// <param name="task">What is enqueued.</param>
    /// <param name="now">The time of its registration.</param>
    /// <param name="catchesUp">Whether ticks before its registration count, as far as they are known to be missed.</param>
    /// <exception cref="ArgumentException">The schedule or an option is not valid.</exception>
    internal ScheduleEntry NewEntry(PeriodicTask task, DateTimeOffset now, bool catchesUp) =>
        new(task, zone, now, catchesUp, transforms);

    internal IReadOnlyList<ScheduleEntry> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _byId.Values];
            }
        }
    }

    /// <exception cref="ArgumentException">There is an entry of that identity.</exception>
    internal void Add(ScheduleEntry entry)
    {
        lock (_lock)
        {
            if (!_byIdentity.TryAdd(entry.Identity, entry))
            {
                throw new ArgumentException(entry.Task.Name is { } name
                    ? $"The scheduler has an entry of the name '{name}' already: names must differ."
                    : $"The scheduler has an equal entry for task type '{entry.Task.Type}' at '{entry.Timetable.Spec}' already: "
                        + "give one of them a Name if both are wanted.");
            }

            _byId.Add(entry.Id, entry);
        }

        var next = entry.DueAt is null ? null : entry.Timetable.Next(entry.RegisteredAt);
        if (next is null)
        {
            SchedulerLog.NeverTicks(logger, entry.Id, entry.Timetable.Spec, entry.Task.Type);
        }
        else
        {
            SchedulerLog.Registered(logger, entry.Id, entry.Task.Type, entry.Timetable.Spec, next);
        }
    }

    internal bool Remove(string id)
    {
        lock (_lock)
        {
            if (!_byId.Remove(id, out var entry))
            {
                return false;
            }

            entry.IsRemoved = true;
            _byIdentity.Remove(entry.Identity);
            _removed.Add(entry);
            SchedulerLog.Unregistered(logger, id, entry.Task.Type);
            return true;
        }
    }

    /// <summary>The entries that were removed and whose history is still in Redis.</summary>
    internal IReadOnlyList<ScheduleEntry> Removed
    {
        get
        {
            lock (_lock)
            {
                return [.. _removed];
            }
        }
    }

    /// <summary>The history of a removed entry is gone.</summary>
    internal void Forget(ScheduleEntry entry)
    {
        lock (_lock)
        {
            _removed.Remove(entry);
        }
    }
}
