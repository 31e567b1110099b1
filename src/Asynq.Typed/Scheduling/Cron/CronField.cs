#nullable enable

using System.Globalization;

namespace Asynq.Typed.Scheduling;

/// <summary>The values of one field of a cron spec.</summary>
internal readonly struct CronField
{
    private readonly ulong _values;

    internal CronField(ulong values, bool isStar)
    {
        _values = values;
        IsStar = isStar;
    }

    /// <summary>Whether the field was written as <c>*</c> or <c>?</c>. Of the two day fields, one so written leaves the
    /// choice of days to the other.</summary>
    internal bool IsStar { get; }

    internal bool Has(int value) => (_values >> value & 1) != 0;
}

/// <summary>What may stand in one field of a cron spec: its name, its lowest and highest value, names for values.</summary>
internal sealed class CronFieldRule
{
    internal static readonly CronFieldRule Minute = new("minute", 0, 59);
    internal static readonly CronFieldRule Hour = new("hour", 0, 23);
    internal static readonly CronFieldRule DayOfMonth = new("day-of-month", 1, 31);
    internal static readonly CronFieldRule Month = new(
        "month", 1, 12, "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    internal static readonly CronFieldRule DayOfWeek = new(
        "day-of-week", 0, 6, "sun", "mon", "tue", "wed", "thu", "fri", "sat");

    private static readonly char[] Comma = [','];

    private readonly string _name;
    private readonly int _lowest;
    private readonly int _highest;
    private readonly string[] _names;

    private CronFieldRule(string name, int lowest, int highest, params string[] names)
    {
        _name = name;
        _lowest = lowest;
        _highest = highest;
        _names = names;
    }

    /// <summary>Reads a field: ranges with commas between them. Empty ones are passed over, so a lone comma is a field
    /// without values: that is how asynq's parser reads it.</summary>
    /// <param name="text">The field.</param>
    /// <param name="fault">Why the text is no such field; <c>null</c> where it is one.</param>
    internal CronField Read(string text, out string? fault)
    {
        var values = 0UL;
        var isStar = false;
        foreach (var range in text.Split(Comma, StringSplitOptions.RemoveEmptyEntries))
        {
            fault = ReadRange(range, ref values, ref isStar);
            if (fault != null)
            {
                fault = "the " + _name + " field '" + text + "' " + fault;
                return default;
            }
        }

        fault = null;
        return new CronField(values, isStar);
    }

    /// <summary>Reads <c>*</c>, <c>N</c>, <c>N-M</c>, or one of them with <c>/STEP</c> behind; <c>N/STEP</c> runs from N to
    /// the highest value.</summary>
    private string? ReadRange(string range, ref ulong values, ref bool isStar)
    {
        var slashed = range.Split('/');
        if (slashed.Length > 2)
        {
            return "has more than one '/' in '" + range + "'";
        }

        var step = 1L;
        var fault = ReadBounds(slashed[0], slashed.Length == 2, out var start, out var end, out var star)
            ?? (slashed.Length == 2 ? ReadNumber(slashed[1], out step) : null)
            ?? Refuse(start, end, step);
        if (fault != null)
        {
            return fault;
        }

        for (var value = start; value <= end; value += step)
        {
            values |= 1UL << (int)value;
            if (step > _highest)
            {
                break;
            }
        }

        isStar |= star && step == 1;
        return null;
    }

    private string? ReadBounds(string text, bool isStepped, out long start, out long end, out bool isStar)
    {
        var bounds = text.Split('-');

        // What follows a hyphen after a star is not looked at: so does asynq's parser.
        isStar = bounds[0] is "*" or "?";
        start = _lowest;
        end = _highest;
        if (isStar)
        {
            return null;
        }

        var fault = ReadValue(bounds[0], out start);
        if (fault != null)
        {
            return fault;
        }

        switch (bounds.Length)
        {
            case 1:
                end = isStepped ? _highest : start;
                return null;
            case 2:
                return ReadValue(bounds[1], out end);
            default:
                return "has more than one '-' in '" + text + "'";
        }
    }

    private string? Refuse(long start, long end, long step)
    {
        if (start < _lowest)
        {
            return "begins at " + Text(start) + ", below its lowest value " + Text(_lowest);
        }

        if (end > _highest)
        {
            return "reaches " + Text(end) + ", above its highest value " + Text(_highest)
                + (ReferenceEquals(this, DayOfWeek) && end == 7 ? ": Sunday is 0" : "");
        }

        if (start > end)
        {
            return "has a range that begins at " + Text(start) + " and ends before it, at " + Text(end);
        }

        return step == 0 ? "has a step of 0: the smallest step is 1" : null;
    }

    private string? ReadValue(string text, out long value)
    {
        value = _lowest + Array.FindIndex(
            _names, name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase));
        return value >= _lowest ? null : ReadNumber(text, out value);
    }

    /// <summary>Reads decimal digits, with a sign before them or not.</summary>
    private static string? ReadNumber(string text, out long value)
    {
        value = 0;
        var position = text.Length > 0 && (text[0] is '+' or '-') ? 1 : 0;
        if (position == text.Length)
        {
            return text.Length == 0 ? "lacks a number" : "holds '" + text + "', which is no number";
        }

        for (; position < text.Length; position++)
        {
            if (text[position] is < '0' or > '9')
            {
                return "holds '" + text + "', which is no number and no name of a value";
            }

            var digit = text[position] - '0';
            if (value > (long.MaxValue - digit) / 10)
            {
                return "holds " + text + ", which is too large";
            }

            value = value * 10 + digit;
        }

        return text[0] == '-' && value > 0 ? "holds " + text + ", a negative number" : null;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
