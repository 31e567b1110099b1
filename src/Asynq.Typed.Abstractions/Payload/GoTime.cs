using System.Globalization;

namespace Asynq.Typed.Wire;

/// <summary>Writes times as Go does: RFC 3339, with as many digits of a second as are needed. Tells what is no such time.</summary>
internal static class GoTime
{
    /// <summary>The longest text: <c>2026-11-23T04:05:06.1234567+02:00</c>.</summary>
    internal const int MaxLength = 33;

    // Where the colon before the seconds stands, and, from the end, the sign of an offset.
    private const int Seconds = 16;
    private const int Offset = 6;

    /// <summary>Writes a moment, and the offset of the place where the clock showed it.</summary>
    internal static int Format(DateTimeOffset value, Span<byte> output)
    {
        DateTime.SpecifyKind(value.DateTime, DateTimeKind.Unspecified)
            .TryFormat(output, out var written, "O", CultureInfo.InvariantCulture);
        written = TrimFraction(output, written);
        if (value.Offset == TimeSpan.Zero)
        {
            output[written] = (byte)'Z';
            return written + 1;
        }

        output[written++] = value.Offset < TimeSpan.Zero ? (byte)'-' : (byte)'+';
        var minutes = Math.Abs(value.TotalOffsetMinutes);
        WriteTwoDigits(minutes / 60, output[written..]);
        output[written + 2] = (byte)':';
        WriteTwoDigits(minutes % 60, output[(written + 3)..]);
        return written + 5;
    }

    /// <summary>Writes a time of day.</summary>
    internal static int Format(TimeOnly value, Span<byte> output)
    {
        value.TryFormat(output, out var written, "O", CultureInfo.InvariantCulture);
        return TrimFraction(output, written);
    }

    /// <summary>Whether a text that is some form of ISO 8601 has all that RFC 3339 asks for: seconds, and an offset. Without one,
    /// the time would be another in each zone.</summary>
    internal static bool IsWhole(ReadOnlySpan<byte> text) =>
        text.Length > Seconds
        && text[Seconds] == ':'
        && (text[^1] == 'Z' || (text[^Offset] is (byte)'+' or (byte)'-' && text[^3] == ':'));

    private static void WriteTwoDigits(int value, Span<byte> output)
    {
        output[0] = (byte)('0' + (value / 10));
        output[1] = (byte)('0' + (value % 10));
    }

    /// <summary>The length without the zeros at the end of a second's fraction, which is always there.</summary>
    private static int TrimFraction(ReadOnlySpan<byte> text, int length)
    {
        while (text[length - 1] == '0')
        {
            length--;
        }

        return text[length - 1] == '.' ? length - 1 : length;
    }
}
