#nullable enable

using System.Globalization;
using System.Text;

namespace Asynq.Typed.Scheduling;

/// <summary>
/// Durations as Go writes and reads them: <c>1h30m0s</c>, <c>1.5s</c>, <c>250µs</c>. They stand in schedules
/// (<c>@every 90s</c>) and in the enqueue options that the Go tools show.
/// </summary>
internal static class GoDuration
{
    private const ulong Nanosecond = 1;
    private const ulong Microsecond = 1000 * Nanosecond;
    private const ulong Millisecond = 1000 * Microsecond;
    private const ulong Second = 1000 * Millisecond;
    private const ulong Minute = 60 * Second;
    private const ulong Hour = 60 * Minute;

    /// <summary>The magnitude of the shortest duration; the longest is one less.</summary>
    private const ulong Most = 1UL << 63;

    private const long NanosecondsPerTick = 100;

    /// <summary>Reads a duration.</summary>
    /// <param name="text">Numbers with units (ns, us, ms, s, m, h), with a sign before them or not.</param>
    /// <param name="nanoseconds">The duration.</param>
    /// <returns>Why the text is no duration, as the end of a sentence; <c>null</c> where it is one.</returns>
    internal static string? Read(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        var position = text.Length > 0 && (text[0] is '-' or '+') ? 1 : 0;
        var isNegative = position == 1 && text[0] == '-';
        if (text.Length - position == 1 && text[position] == '0')
        {
            return null;
        }

        if (position == text.Length)
        {
            return "is empty";
        }

        var sum = 0UL;
        while (position < text.Length)
        {
            var fault = ReadPart(text, ref position, out var part);
            if (fault != null)
            {
                return fault;
            }

            sum += part;
            if (sum > Most)
            {
                return "is too long: the longest is about 292 years";
            }
        }

        if (!isNegative && sum == Most)
        {
            return "is too long: the longest is about 292 years";
        }

        nanoseconds = isNegative ? unchecked(-(long)sum) : (long)sum;
        return null;
    }

    /// <summary>Writes a duration as Go does: the largest unit first, none left out below it, and below a second in the
    /// one unit that leaves a digit before the point.</summary>
    internal static string Write(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        // In decimal: a TimeSpan's full range does not fit into 64 bits of nanoseconds.
        var nanoseconds = Math.Abs((decimal)duration.Ticks) * NanosecondsPerTick;
        var text = new StringBuilder(duration < TimeSpan.Zero ? "-" : "");
        if (nanoseconds < Microsecond)
        {
            return text.Append(Number(nanoseconds)).Append("ns").ToString();
        }

        if (nanoseconds < Millisecond)
        {
            return text.Append(Number(nanoseconds / Microsecond)).Append("µs").ToString();
        }

        if (nanoseconds < Second)
        {
            return text.Append(Number(nanoseconds / Millisecond)).Append("ms").ToString();
        }

        if (nanoseconds >= Hour)
        {
            text.Append(Number(Math.Floor(nanoseconds / Hour))).Append('h');
        }

        if (nanoseconds >= Minute)
        {
            text.Append(Number(Math.Floor(nanoseconds % Hour / Minute))).Append('m');
        }

        return text.Append(Number(nanoseconds % Minute / Second)).Append('s').ToString();
    }

    private static string Number(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    private static string? ReadPart(string text, ref int position, out ulong nanoseconds)
    {
        nanoseconds = 0;
        var start = position;
        var whole = 0UL;
        for (; position < text.Length && IsDigit(text[position]); position++)
        {
            whole = whole * 10 + (ulong)(text[position] - '0');
            if (whole > Most)
            {
                return "is too long: the longest is about 292 years";
            }
        }

        var digits = position - start;
        var fraction = 0UL;
        var scale = 1.0;
        if (position < text.Length && text[position] == '.')
        {
            position++;
            digits += ReadFraction(text, ref position, ref fraction, ref scale);
        }

        if (digits == 0)
        {
            return "has no number at position " + (start + 1).ToString(CultureInfo.InvariantCulture);
        }

        return ReadUnit(text, ref position, out var unit) ?? Multiply(whole, fraction, scale, unit, out nanoseconds);
    }

    /// <summary>Reads the digits behind a point; those that no longer fit are passed over.</summary>
    private static int ReadFraction(string text, ref int position, ref ulong fraction, ref double scale)
    {
        var start = position;
        var isFull = false;
        for (; position < text.Length && IsDigit(text[position]); position++)
        {
            isFull |= fraction > (Most - 1) / 10;
            if (!isFull)
            {
                var longer = fraction * 10 + (ulong)(text[position] - '0');
                isFull = longer > Most;
                fraction = isFull ? fraction : longer;
                scale *= isFull ? 1 : 10;
            }
        }

        return position - start;
    }

    private static string? ReadUnit(string text, ref int position, out ulong unit)
    {
        var start = position;
        while (position < text.Length && text[position] != '.' && !IsDigit(text[position]))
        {
            position++;
        }

        var name = text.Substring(start, position - start);
        unit = name switch
        {
            "ns" => Nanosecond,
            "us" or "\u00b5s" or "\u03bcs" => Microsecond,
            "ms" => Millisecond,
            "s" => Second,
            "m" => Minute,
            "h" => Hour,
            _ => 0,
        };
        return unit != 0 ? null
            : name.Length == 0 ? "lacks a unit: write ns, us, ms, s, m or h behind each number"
            : "has the unknown unit '" + name + "': write ns, us, ms, s, m or h";
    }

    private static string? Multiply(ulong whole, ulong fraction, double scale, ulong unit, out ulong nanoseconds)
    {
        nanoseconds = 0;
        if (whole > Most / unit)
        {
            return "is too long: the longest is about 292 years";
        }

        nanoseconds = whole * unit + (ulong)(fraction * (unit / scale));
        return nanoseconds > Most ? "is too long: the longest is about 292 years" : null;
    }

    private static bool IsDigit(char character) => character is >= '0' and <= '9';
}
