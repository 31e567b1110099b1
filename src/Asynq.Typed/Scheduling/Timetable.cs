using System.Globalization;

namespace Asynq.Typed.Scheduling;

/// <summary>The ticks of one entry, the same in every scheduler that has it.</summary>
internal sealed class Timetable
{
    private readonly CronSchedule _schedule;

    private Timetable(CronSchedule schedule, string spec)
    {
        _schedule = schedule;
        Spec = spec;
    }

    /// <summary>The schedule as others read it, with its zone unless that is UTC.</summary>
    internal string Spec { get; }

    /// <exception cref="ArgumentException">The schedule is none; the message names the field and the reason.</exception>
    internal static Timetable Of(PeriodicTask task, TimeZoneInfo schedulerZone)
    {
        var zone = task.TimeZone ?? schedulerZone;
        var schedule = CronSchedule.Read(task.Schedule, zone, out var fault) ?? throw new ArgumentException(
            $"Schedule '{task.Schedule}' of task type '{task.Type}' is not valid: {fault}.", nameof(task));
        return new Timetable(schedule, SpecOf(task.Schedule, schedule, zone));
    }

    /// <summary>
    /// The first tick after an instant; <c>null</c> where there is none within five years. Those of <c>@every</c> are counted
    /// from 1970, not from the start of this process: else no two schedulers would have a tick in common, and one that is
    /// restarted more often than it ticks would never enqueue.
    /// </summary>
    internal DateTimeOffset? Next(DateTimeOffset after)
    {
        if (_schedule.Interval == TimeSpan.Zero)
        {
            return _schedule.Next(after);
        }

        var since = (after - DateTimeOffset.UnixEpoch).Ticks;
        var beyond = ((since % _schedule.Interval.Ticks) + _schedule.Interval.Ticks) % _schedule.Interval.Ticks;
        return _schedule.Next(after.AddTicks(-beyond));
    }

    private static string SpecOf(string text, CronSchedule schedule, TimeZoneInfo zone)
    {
        var namesZone = text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal);
        if (namesZone || schedule.Interval > TimeSpan.Zero || zone.Equals(TimeZoneInfo.Utc))
        {
            return text;
        }

        var id = TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var iana) ? iana : zone.Id;
        return string.Create(CultureInfo.InvariantCulture, $"CRON_TZ={id} {text}");
    }
}
