using System.Globalization;
using System.Numerics;

namespace Asynq.Typed.Wire;

/// <summary>Writes numbers with a fraction as Go's <c>encoding/json</c> does.</summary>
internal static class GoNumber
{
    /// <summary>The longest text: a sign, "0.", five zeros and 17 digits, or 21 digits.</summary>
    internal const int MaxLength = 32;

    // Below it, a whole number is written with all its digits: finding the fewest that identify it is not needed.
    private const double MaxExactInteger = 1L << 53;

    // Outside of these, Go writes an exponent.
    private const int SmallestPlainExponent = -6;
    private const int SmallestLargeExponent = 21;

    /// <summary>Writes the number with as few digits as identify it.</summary>
    /// <exception cref="PayloadException">It is infinite, or not a number.</exception>
    internal static int Format<T>(T value, Span<byte> output)
        where T : IBinaryFloatingPointIeee754<T>
    {
        if (!T.IsFinite(value))
        {
            throw new PayloadException($"{value} cannot be written in JSON: it is no finite number");
        }

        if (value is double number && TryFormatWhole(number, output, out var whole))
        {
            return whole;
        }

        value.TryFormat(output, out var length, default, CultureInfo.InvariantCulture);
        if (!output[..length].Contains((byte)'E'))
        {
            // Both write the same digits, and .NET turns to an exponent earlier than Go.
            return length;
        }

        Span<byte> shortest = stackalloc byte[MaxLength];
        output[..length].CopyTo(shortest);
        Span<byte> digits = stackalloc byte[MaxLength];
        var (count, exponent) = Split(shortest[..length], digits);

        var written = 0;
        if (shortest[0] == '-')
        {
            output[written++] = (byte)'-';
        }

        return written + (exponent is < SmallestPlainExponent or >= SmallestLargeExponent
            ? WriteScientific(digits[..count], exponent, output[written..])
            : WritePlain(digits[..count], exponent, output[written..]));
    }

    private static bool TryFormatWhole(double value, Span<byte> output, out int written)
    {
        var whole = (long)value;
        written = 0;
        return whole == value
            && Math.Abs(value) < MaxExactInteger
            && (whole != 0 || !double.IsNegative(value))
            && whole.TryFormat(output, out written, default, CultureInfo.InvariantCulture);
    }

    /// <summary>The digits of a number, without zeros around them, and the power of ten of the first.</summary>
    internal static (int Count, int Exponent) Split(ReadOnlySpan<byte> text, Span<byte> digits)
    {
        var count = 0;
        var point = -1;
        var power = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'.':
                    point = count;
                    break;
                case (byte)'E' or (byte)'e':
                    power = int.Parse(text[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                    i = text.Length;
                    break;
                case >= (byte)'0' and <= (byte)'9':
                    digits[count++] = text[i];
                    break;
            }
        }

        var exponent = (point < 0 ? count : point) - 1 + power;
        var zeros = 0;
        while (zeros < count - 1 && digits[zeros] == '0')
        {
            zeros++;
        }

        digits[zeros..count].CopyTo(digits);
        count -= zeros;
        while (count > 1 && digits[count - 1] == '0')
        {
            count--;
        }

        return (count, exponent - zeros);
    }

    private static int WritePlain(ReadOnlySpan<byte> digits, int exponent, Span<byte> output)
    {
        var written = 0;
        if (exponent < 0)
        {
            output[written++] = (byte)'0';
            output[written++] = (byte)'.';
            for (var i = -1; i > exponent; i--)
            {
                output[written++] = (byte)'0';
            }
        }

        for (var i = 0; i < Math.Max(digits.Length, exponent + 1); i++)
        {
            if (i == exponent + 1 && exponent >= 0)
            {
                output[written++] = (byte)'.';
            }

            output[written++] = i < digits.Length ? digits[i] : (byte)'0';
        }

        return written;
    }

    private static int WriteScientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> output)
    {
        var written = 0;
        output[written++] = digits[0];
        if (digits.Length > 1)
        {
            output[written++] = (byte)'.';
            digits[1..].CopyTo(output[written..]);
            written += digits.Length - 1;
        }

        output[written++] = (byte)'e';
        output[written++] = exponent < 0 ? (byte)'-' : (byte)'+';
        Math.Abs(exponent).TryFormat(output[written..], out var length, default, CultureInfo.InvariantCulture);
        return written + length;
    }
}
