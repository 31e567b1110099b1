using System.Globalization;

namespace Asynq.Typed.Wire;

/// <summary>Tells whether a decimal number is what its text says. The framework rounds what has too many digits.</summary>
internal static class PayloadDecimal
{
    // Whatever has no more digits, and no exponent, fits.
    private const int AlwaysExact = 28;

    // A sign, 29 digits and a point.
    private const int MaxLength = 31;

    /// <summary>Whether nothing of the text was lost.</summary>
    internal static bool IsExact(ReadOnlySpan<byte> text, decimal value)
    {
        if (text.Length <= AlwaysExact && !text.ContainsAny((byte)'e', (byte)'E'))
        {
            return true;
        }

        if (text.Length > PayloadLimits.MaxNumberLength)
        {
            return false;
        }

        Span<byte> formatted = stackalloc byte[MaxLength];
        value.TryFormat(formatted, out var length, default, CultureInfo.InvariantCulture);
        Span<byte> read = stackalloc byte[PayloadLimits.MaxNumberLength];
        Span<byte> meant = stackalloc byte[PayloadLimits.MaxNumberLength];
        var (readCount, readExponent) = GoNumber.Split(formatted[..length], read);
        var (meantCount, meantExponent) = GoNumber.Split(text, meant);
        return read[..readCount].SequenceEqual(meant[..meantCount]) && (value == 0 || readExponent == meantExponent);
    }
}
