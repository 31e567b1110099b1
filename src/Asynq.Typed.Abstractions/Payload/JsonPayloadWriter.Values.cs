using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Asynq.Typed.Wire;

public ref partial struct JsonPayloadWriter
{
    private const long NanosecondsPerTick = 100;

    // A sign and the digits of a 64-bit number, of a 128-bit one, of a decimal one with its point, of a GUID.
    private const int MaxIntegerLength = 20;
    private const int MaxLongIntegerLength = 40;
    private const int MaxDecimalLength = 31;
    private const int GuidLength = 36;

    /// <summary>Writes a boolean.</summary>
    public void Write(bool value) => WriteLiteral(value ? "true"u8 : "false"u8);

    /// <summary>Writes an integer.</summary>
    public void Write(sbyte value) => Write((long)value);

    /// <summary>Writes an integer.</summary>
    public void Write(byte value) => Write((ulong)value);

    /// <summary>Writes an integer.</summary>
    public void Write(short value) => Write((long)value);

    /// <summary>Writes an integer.</summary>
    public void Write(ushort value) => Write((ulong)value);

    /// <summary>Writes an integer.</summary>
    public void Write(int value) => Write((long)value);

    /// <summary>Writes an integer.</summary>
    public void Write(uint value) => Write((ulong)value);

    /// <summary>Writes an integer.</summary>
    public void Write(long value) => WriteNumber(value, MaxIntegerLength);

    /// <summary>Writes an integer.</summary>
    public void Write(ulong value) => WriteNumber(value, MaxIntegerLength);

    /// <summary>Writes a UTF-16 code unit as its number: as Go does with a rune.</summary>
    public void Write(char value) => Write((ulong)value);

    /// <summary>Writes a number of 32 bits, with as few digits as identify it.</summary>
    public void Write(float value) => WriteFraction(value);

    /// <summary>Writes a number of 64 bits, with as few digits as identify it.</summary>
    public void Write(double value) => WriteFraction(value);

    /// <summary>Writes a number of 16 bits, with as few digits as identify it.</summary>
    public void Write(Half value) => WriteFraction(value);

    /// <summary>Writes a decimal number, with all its digits.</summary>
    public void Write(decimal value) => WriteNumber(value, MaxDecimalLength);

    /// <summary>Writes a string.</summary>
    /// <exception cref="PayloadException">It is null, or holds half of a surrogate pair.</exception>
    public void Write(string? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        WriteText(value ?? throw PayloadWriter.Null(name), name);

    /// <summary>Writes a string, or null.</summary>
    public void WriteOrNull(string? value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is null)
        {
            WriteNull();
            return;
        }

        WriteText(value, name);
    }

    /// <summary>Writes bytes in Base64.</summary>
    public void Write(byte[]? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Write((value ?? throw PayloadWriter.Null(name)).AsMemory());

    /// <summary>Writes bytes in Base64.</summary>
    public void Write(ReadOnlyMemory<byte> value)
    {
        var span = Next(Base64.GetMaxEncodedToUtf8Length(value.Length) + Quotes);
        Base64.EncodeToUtf8(value.Span, span[1..], out _, out var length);
        Quote(span, length);
    }

    /// <summary>Writes a GUID as a string of 36 characters.</summary>
    public void Write(Guid value) => WriteQuoted(value, GuidLength, default);

    /// <summary>Writes a point in time in UTC. A local time becomes UTC; one of unspecified kind is taken for UTC.</summary>
    public void Write(DateTime value) => Write(new DateTimeOffset(
        value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : DateTime.SpecifyKind(value, DateTimeKind.Utc)));

    /// <summary>Writes a point in time with its offset.</summary>
    public void Write(DateTimeOffset value)
    {
        var span = Next(GoTime.MaxLength + Quotes);
        Quote(span, GoTime.Format(value, span[1..]));
    }

    /// <summary>Writes a duration as its number of nanoseconds.</summary>
    /// <exception cref="PayloadException">It is longer than 292 years: more than Go can hold.</exception>
    public void Write(TimeSpan value)
    {
        if (Int128.Abs(value.Ticks) > long.MaxValue / NanosecondsPerTick)
        {
            throw new PayloadException($"{value} is longer than the 292 years that fit a number of nanoseconds");
        }

        Write(value.Ticks * NanosecondsPerTick);
    }

    /// <summary>Writes a date, such as 2026-11-23.</summary>
    public void Write(DateOnly value) => WriteQuoted(value, GoTime.MaxLength, "yyyy-MM-dd");

    /// <summary>Writes a time of day, such as 04:05:06.5.</summary>
    public void Write(TimeOnly value)
    {
        var span = Next(GoTime.MaxLength + Quotes);
        Quote(span, GoTime.Format(value, span[1..]));
    }

    /// <summary>Writes a URI as it was given.</summary>
    public void Write(Uri? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Write(value?.OriginalString, name);

    /// <summary>Writes a version as a string.</summary>
    public void Write(Version? value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is null)
        {
            throw PayloadWriter.Null(name);
        }

        var span = Next(PayloadWriter.MaxVersionLength + Quotes);
        value.TryFormat(span[1..], out var length);
        Quote(span, length);
    }

    /// <summary>Writes an integer of up to 1,000 characters.</summary>
    /// <exception cref="PayloadException">It has more.</exception>
    public void Write(BigInteger value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        // A digit holds less than four bits: with more of them, the text is too long, and would take long to make.
        Span<char> digits = stackalloc char[PayloadLimits.MaxNumberLength];
        if (value.GetBitLength() > 4 * PayloadLimits.MaxNumberLength
            || !value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture))
        {
            throw new PayloadException(
                $"{PayloadWriter.Member(name)} has more than {PayloadLimits.MaxNumberLength} characters, which no reader of JSON "
                + "accepts: write it in MessagePack");
        }

        Encoding.ASCII.GetBytes(digits[..length], Next(length));
        _used += length;
    }

    /// <summary>Writes an integer.</summary>
    public void Write(Int128 value) => WriteNumber(value, MaxLongIntegerLength);

    /// <summary>Writes an integer.</summary>
    public void Write(UInt128 value) => WriteNumber(value, MaxLongIntegerLength);

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(string? key, [CallerArgumentExpression(nameof(key))] string name = "")
    {
        Write(key, name);
        EndKey();
    }

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(long key) => WriteFormattedKey(key);

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(ulong key) => WriteFormattedKey(key);

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(Guid key) => WriteFormattedKey(key);

    private void WriteFormattedKey<T>(T key)
        where T : struct, IUtf8SpanFormattable
    {
        WriteQuoted(key, MaxLongIntegerLength, default);
        EndKey();
    }

    private void EndKey()
    {
        Reserve(1)[0] = (byte)':';
        _used++;
        _needsComma = false;
    }

    private void WriteLiteral(scoped ReadOnlySpan<byte> literal)
    {
        literal.CopyTo(Next(literal.Length));
        _used += literal.Length;
    }

    private void WriteNumber<T>(T value, int maxLength)
        where T : struct, IUtf8SpanFormattable
    {
        value.TryFormat(Next(maxLength), out var length, default, CultureInfo.InvariantCulture);
        _used += length;
    }

    private void WriteFraction<T>(T value)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        // Not in one statement: what reserves may change how much is used.
        var length = GoNumber.Format(value, Next(GoNumber.MaxLength));
        _used += length;
    }

    private void WriteQuoted<T>(T value, int maxLength, ReadOnlySpan<char> format)
        where T : struct, IUtf8SpanFormattable
    {
        var span = Next(maxLength + Quotes);
        value.TryFormat(span[1..], out var length, format, CultureInfo.InvariantCulture);
        Quote(span, length);
    }

    /// <summary>Puts quotation marks around a text that stands behind the first byte.</summary>
    private void Quote(Span<byte> span, int length)
    {
        span[0] = (byte)'"';
        span[length + 1] = (byte)'"';
        _used += length + Quotes;
    }
}
