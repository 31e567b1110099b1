using System.Globalization;

namespace Asynq.Typed.Wire;

/// <summary>Writes times as Go does: RFC 3339, with as many digits of a second as are needed.</summary>
internal static class GoTime
{
    /// <summary>The longest text: <c>2026-11-23T04:05:06.1234567+02:00</c>.</summary>
    internal const int MaxLength = 33;

    private const int FractionDigits = 7;

    /// <summary>Writes a moment, and the offset of the place where the clock showed it.</summary>
    internal static int Format(DateTimeOffset value, Span<byte> output)
    {
        value.DateTime.TryFormat(output, out var written, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        written += FormatFraction(value.Ticks % TimeSpan.TicksPerSecond, output[written..]);
        if (value.Offset == TimeSpan.Zero)
        {
            output[written] = (byte)'Z';
            return written + 1;
        }

        output[written++] = value.Offset < TimeSpan.Zero ? (byte)'-' : (byte)'+';
        value.Offset.Duration().TryFormat(output[written..], out var length, @"hh\:mm", CultureInfo.InvariantCulture);
        return written + length;
    }

    /// <summary>Writes a time of day.</summary>
    internal static int Format(TimeOnly value, Span<byte> output)
    {
        value.TryFormat(output, out var written, "HH:mm:ss", CultureInfo.InvariantCulture);
        return written + FormatFraction(value.Ticks % TimeSpan.TicksPerSecond, output[written..]);
    }

    private static int FormatFraction(long ticks, Span<byte> output)
    {
        if (ticks == 0)
        {
            return 0;
        }

        var digits = FractionDigits;
        for (; ticks % 10 == 0; ticks /= 10)
        {
            digits--;
        }

        output[0] = (byte)'.';
        for (var i = digits; i > 0; i--, ticks /= 10)
        {
            output[i] = (byte)('0' + (ticks % 10));
        }

        return digits + 1;
    }
}
