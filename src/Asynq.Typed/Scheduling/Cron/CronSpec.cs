#nullable enable

using System.Globalization;

namespace Asynq.Typed.Scheduling;

/// <summary>
/// A schedule as asynq writes it: five fields, a descriptor such as <c>@daily</c>, or <c>@every DURATION</c>, with
/// <c>CRON_TZ=ZONE</c> or <c>TZ=ZONE</c> before it or not. Accepts and refuses what asynq's parser does.
/// </summary>
internal sealed class CronSpec
{
    private const string Every = "@every ";

    private readonly CronFields? _fields;

    private CronSpec(string? zone, CronFields? fields, TimeSpan interval)
    {
        Zone = zone;
        _fields = fields;
        Interval = interval;
    }

    /// <summary>The IANA id of the zone that the spec itself names; <c>null</c> where it leaves that to the scheduler.</summary>
    internal string? Zone { get; }

    /// <summary>The time between two activations of <c>@every</c>, in whole seconds; zero for a spec of fields.</summary>
    internal TimeSpan Interval { get; }

    /// <summary>Reads a spec. A zone is not looked up here.</summary>
    /// <param name="text">The spec.</param>
    /// <param name="fault">Why the text is no spec, naming the field; <c>null</c> where it is one.</param>
    internal static CronSpec? Read(string text, out string? fault)
    {
        fault = null;
        if (text.Length == 0)
        {
            fault = "it is empty";
            return null;
        }

        string? zone = null;
        if (text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            var space = text.IndexOf(' ');
            if (space < 0)
            {
                fault = "a time zone stands alone: write the schedule behind it, after a space";
                return null;
            }

            var equals = text.IndexOf('=');
            zone = text.Substring(equals + 1, space - equals - 1);
            zone = zone.Length == 0 ? "UTC" : zone == "Local" ? null : zone;
            text = text.Substring(space).Trim();
        }

        return text.Length > 0 && text[0] == '@' ? ReadDescriptor(text, zone, out fault) : ReadFields(text, zone, out fault);
    }

    /// <summary>The first activation after <paramref name="after"/>, in UTC.</summary>
    /// <param name="after">An instant; the fraction of its second does not count.</param>
    /// <param name="zone">The zone whose clock the fields are read by.</param>
    /// <returns><c>null</c> where there is none before the sixth new year from then: a date that does not exist.</returns>
    internal DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var second = new DateTimeOffset(after.UtcTicks - after.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
        if (_fields != null)
        {
            return _fields.Next(second, zone);
        }

        return DateTimeOffset.MaxValue - second < Interval ? null : second + Interval;
    }

    private static CronSpec? ReadDescriptor(string text, string? zone, out string? fault)
    {
        var fields = text switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => null,
        };
        if (fields != null)
        {
            return ReadFields(fields, zone, out fault);
        }

        if (!text.StartsWith(Every, StringComparison.Ordinal))
        {
            fault = "the descriptor '" + text + "' is unknown: write @yearly, @annually, @monthly, @weekly, @daily, "
                + "@midnight, @hourly or '@every DURATION'";
            return null;
        }

        var duration = text.Substring(Every.Length);
        fault = GoDuration.Read(duration, out var nanoseconds);
        if (fault != null)
        {
            fault = "the duration '" + duration + "' " + fault;
            return null;
        }

        return new CronSpec(zone, null, TimeSpan.FromTicks(Math.Max(1, nanoseconds / 1_000_000_000) * TimeSpan.TicksPerSecond));
    }

    private static CronSpec? ReadFields(string text, string? zone, out string? fault)
    {
        var parts = text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 5)
        {
            fault = "it has " + parts.Length.ToString(CultureInfo.InvariantCulture)
                + " fields and needs five: minute, hour, day of month, month, day of week";
            return null;
        }

        var minute = CronFieldRule.Minute.Read(parts[0], out var minuteFault);
        var hour = CronFieldRule.Hour.Read(parts[1], out var hourFault);
        var dayOfMonth = CronFieldRule.DayOfMonth.Read(parts[2], out var dayOfMonthFault);
        var month = CronFieldRule.Month.Read(parts[3], out var monthFault);
        var dayOfWeek = CronFieldRule.DayOfWeek.Read(parts[4], out var dayOfWeekFault);
        fault = minuteFault ?? hourFault ?? dayOfMonthFault ?? monthFault ?? dayOfWeekFault;
        return fault != null
            ? null
            : new CronSpec(zone, new CronFields(minute, hour, dayOfMonth, month, dayOfWeek), TimeSpan.Zero);
    }
}
