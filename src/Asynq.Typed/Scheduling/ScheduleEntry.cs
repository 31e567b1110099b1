using Asynq.Typed.Client;
using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Asynq.Typed.Scheduling;

/// <summary>
/// An entry of one scheduler, and how far its ticks are dealt with. Used by one pass at a time; what the heartbeat reads of
/// it is under a lock.
/// </summary>
internal sealed class ScheduleEntry
{
    private readonly Lock _lock = new();
    private readonly bool _hidesPayload;
    private DateTimeOffset? _handled;
    private DateTimeOffset? _next;
    private DateTimeOffset? _previous;

    /// <param name="task">What is enqueued.</param>
    /// <param name="schedulerZone">The zone of a schedule that names none.</param>
    /// <param name="now">The time of its registration.</param>
    /// <param name="catchesUp">Whether ticks before its registration count, as far as they are known to be missed.</param>
    /// <param name="transforms">What payloads go through. Where that hides them, nothing of them is shown.</param>
    /// <exception cref="ArgumentException">The schedule or an option is not valid.</exception>
    internal ScheduleEntry(
        PeriodicTask task, TimeZoneInfo schedulerZone, DateTimeOffset now, bool catchesUp, TransformChain transforms)
    {
        Task = task;
        Timetable = Timetable.Of(task, schedulerZone);
        OptionTexts = OptionText.Of(task.Body.Task, task.Options);
        Queue = EnqueuePlan.For(task.Body, task.Options, TransformChain.None, now).Message.Queue;
        _hidesPayload = transforms.HidesPayload && task.Body.GoesThroughTransforms(task.Options);
        Identity = EntryDigest.OfIdentity(task, Timetable.Spec, OptionTexts, _hidesPayload);
        Definition = EntryDigest.OfDefinition(task, Timetable.Spec, OptionTexts);
        RegisteredAt = now;
        _next = Timetable.Next(now);
        _handled = catchesUp ? null : now;
    }

    internal string Id { get; } = Guid.NewGuid().ToString("D");

    internal PeriodicTask Task { get; }

    internal Timetable Timetable { get; }

    internal string Queue { get; }

    internal IReadOnlyList<string> OptionTexts { get; }

    /// <summary>Tells the entry from others, in every process.</summary>
    internal string Identity { get; }

    /// <summary>Differs where an entry of the same identity would work differently.</summary>
    internal string Definition { get; }

    internal DateTimeOffset RegisteredAt { get; private set; }

    /// <summary>The pass that is dealing with the entry's ticks.</summary>
    internal Task Pass { get; set; } = System.Threading.Tasks.Task.CompletedTask;

    /// <summary>How many attempts in a row failed.</summary>
    internal int Failures { get; set; }

    /// <summary>No attempt is made before.</summary>
    internal DateTimeOffset NotBefore { get; set; }

    /// <summary>Set once the entry is unregistered: a pass that runs ends before its next tick.</summary>
    internal bool IsRemoved { get; set; }

    /// <summary>Ticks up to here are dealt with; <c>null</c> until Redis has been asked for the last one.</summary>
    internal DateTimeOffset? Handled
    {
        get
        {
            lock (_lock)
            {
                return _handled;
            }
        }
    }

    /// <summary>When there is something to do next; <c>null</c> for never.</summary>
    internal DateTimeOffset? DueAt
    {
        get
        {
            lock (_lock)
            {
                var due = _handled is null ? RegisteredAt : _next;
                return due < NotBefore ? NotBefore : due;
            }
        }
    }

    /// <summary>Ticks up to that one are dealt with.</summary>
    internal void Handle(DateTimeOffset tick)
    {
        var next = Timetable.Next(tick);
        lock (_lock)
        {
            _handled = tick;
            _next = next;
        }
    }

    /// <summary>Goes on where an entry of the same schedule stands, which it replaces.</summary>
    internal void TakeOver(ScheduleEntry other)
    {
        lock (_lock)
        {
            RegisteredAt = other.RegisteredAt;
            _handled = other.Handled;
            _next = Timetable.Next(_handled ?? RegisteredAt);
        }
    }

    /// <summary>A tick has been enqueued, by this scheduler or another.</summary>
    internal void RecordTick(DateTimeOffset tick)
    {
        lock (_lock)
        {
            _previous = tick;
        }
    }

    /// <summary>The entry as other tools read it.</summary>
    internal SchedulerEntry Describe()
    {
        lock (_lock)
        {
            var entry = new SchedulerEntry
            {
                Id = Id,
                Spec = Timetable.Spec,
                TaskType = Task.Type,
                TaskPayload = _hidesPayload ? ByteString.Empty : ByteString.CopyFrom(Task.Body.Payload),
                NextEnqueueTime = TimeOrNever(_next),
                PrevEnqueueTime = TimeOrNever(_previous),
            };
            entry.EnqueueOptions.AddRange(OptionTexts);
            return entry;
        }
    }

    // Go's zero time, by which its tools know that there is none.
    private static Timestamp TimeOrNever(DateTimeOffset? time) =>
        Timestamp.FromDateTimeOffset(time ?? DateTimeOffset.MinValue);
}
