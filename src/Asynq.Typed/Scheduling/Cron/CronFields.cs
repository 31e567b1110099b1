#nullable enable

namespace Asynq.Typed.Scheduling;

/// <summary>
/// The five fields of a cron spec. It activates at every whole minute at which the wall clock of the zone matches: a time
/// that daylight saving skips does not happen, one that it repeats happens twice.
/// </summary>
internal sealed class CronFields
{
    /// <summary>How many years ahead a match is looked for, as asynq does.</summary>
    private const int YearsAhead = 5;

    /// <summary>Zones are at most this far from UTC.</summary>
    private const int MostOffsetHours = 14;

    private readonly CronField _minute;
    private readonly CronField _hour;
    private readonly CronField _dayOfMonth;
    private readonly CronField _month;
    private readonly CronField _dayOfWeek;

    internal CronFields(CronField minute, CronField hour, CronField dayOfMonth, CronField month, CronField dayOfWeek)
    {
        _minute = minute;
        _hour = hour;
        _dayOfMonth = dayOfMonth;
        _month = month;
        _dayOfWeek = dayOfWeek;
    }

    /// <summary>The first activation after <paramref name="second"/>, a whole second, in UTC.</summary>
    internal DateTimeOffset? Next(DateTimeOffset second, TimeZoneInfo zone)
    {
        if (second.UtcDateTime.Year >= DateTime.MaxValue.Year - YearsAhead - 1)
        {
            return null;
        }

        var from = second.AddSeconds(1);
        var today = TimeZoneInfo.ConvertTime(from, zone).Date;
        var lastYear = today.Year + YearsAhead;

        // Yesterday can come again: in some zones the clock goes back across midnight.
        for (var day = today.AddDays(-1); day.Year <= lastYear; day = day.AddDays(1))
        {
            if (!Matches(day))
            {
                continue;
            }

            var offsets = OffsetsAround(day, zone);
            var first = FirstOf(day, from, zone, offsets);
            if (first != null)
            {
                var tomorrow = day.AddDays(1);
                return offsets.Count > 1 && Matches(tomorrow) ? Earlier(first, FirstOf(tomorrow, from, zone, offsets)) : first;
            }
        }

        return null;
    }

    private bool Matches(DateTime day)
    {
        if (!_month.Has(day.Month))
        {
            return false;
        }

        var byDate = _dayOfMonth.Has(day.Day);
        var byWeekday = _dayOfWeek.Has((int)day.DayOfWeek);
        return _dayOfMonth.IsStar || _dayOfWeek.IsStar ? byDate && byWeekday : byDate || byWeekday;
    }

    /// <summary>Every distance from UTC that the zone's clock has on that day. Asked hour by hour, because two changes
    /// within a day would hide each other from a look at its ends.</summary>
    private static List<TimeSpan> OffsetsAround(DateTime day, TimeZoneInfo zone)
    {
        var offsets = new List<TimeSpan>(2);
        var midnight = DateTime.SpecifyKind(day, DateTimeKind.Utc);
        for (var hour = -MostOffsetHours; hour <= 24 + MostOffsetHours; hour++)
        {
            var offset = zone.GetUtcOffset(midnight.AddHours(hour));
            if (!offsets.Contains(offset))
            {
                offsets.Add(offset);
            }
        }

        return offsets;
    }

    private DateTimeOffset? FirstOf(DateTime day, DateTimeOffset from, TimeZoneInfo zone, List<TimeSpan> offsets)
    {
        DateTimeOffset? first = null;
        foreach (var offset in offsets)
        {
            first = Earlier(first, FirstOf(day, from, zone, offset));
        }

        return first;
    }

    /// <summary>The first match on that day while the zone's clock is <paramref name="offset"/> ahead of UTC.</summary>
    private DateTimeOffset? FirstOf(DateTime day, DateTimeOffset from, TimeZoneInfo zone, TimeSpan offset)
    {
        for (var hour = 0; hour < 24; hour++)
        {
            for (var minute = 0; minute < 60 && _hour.Has(hour); minute++)
            {
                if (!_minute.Has(minute))
                {
                    continue;
                }

                var instant = new DateTimeOffset(
                    day.Ticks + hour * TimeSpan.TicksPerHour + minute * TimeSpan.TicksPerMinute - offset.Ticks, TimeSpan.Zero);
                if (instant >= from && zone.GetUtcOffset(instant) == offset)
                {
                    return instant;
                }
            }
        }

        return null;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one == null || other < one ? other ?? one : one;
}
