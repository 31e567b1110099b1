namespace Asynq.Typed;

/// <summary>
/// Enqueues a task again and again. The type must have a constructor without parameters, or defaults for all of them: its
/// payload is what that makes. It is registered with the scheduler by the generated <c>Add…Handlers()</c> of the assembly
/// that declares the task, or, where that is a contracts assembly, of the one that handles it.
/// </summary>
/// <param name="schedule">Five fields of a cron spec, <c>@hourly</c>, <c>@daily</c>, <c>@weekly</c>, <c>@monthly</c>,
/// <c>@yearly</c>, or <c>@every</c> with a duration such as <c>1h30m</c>, counted from 1970-01-01 00:00 UTC and not from the
/// scheduler's start.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = true, Inherited = false)]
public sealed class PeriodicTaskAttribute(string schedule) : Attribute
{
    /// <summary>When, as a cron spec.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>The id of the time zone whose clock the schedule is read by, such as <c>Europe/Berlin</c>. Default:
    /// <c>null</c>, that of the scheduler.</summary>
    public string? TimeZone { get; set; }

    /// <summary>Tells the entry from others. Needed where a type has two. Default: <c>null</c>, the task's type name on
    /// the wire.</summary>
    public string? Name { get; set; }
}
