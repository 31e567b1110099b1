using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Asynq.Typed.Wire;

public readonly ref partial struct JsonPayloadWriter
{
    private const long NanosecondsPerTick = 100;
    private const int MaxKeyLength = 40;

    /// <summary>Writes a boolean.</summary>
    public void Write(bool value) => _writer.WriteBooleanValue(value);

    /// <summary>Writes an integer.</summary>
    public void Write(sbyte value) => _writer.WriteNumberValue(value);

    /// <summary>Writes an integer.</summary>
    public void Write(byte value) => _writer.WriteNumberValue((uint)value);

    /// <summary>Writes an integer.</summary>
    public void Write(short value) => _writer.WriteNumberValue(value);

    /// <summary>Writes an integer.</summary>
    public void Write(ushort value) => _writer.WriteNumberValue((uint)value);

    /// <summary>Writes an integer.</summary>
    public void Write(int value) => _writer.WriteNumberValue(value);

    /// <summary>Writes an integer.</summary>
    public void Write(uint value) => _writer.WriteNumberValue(value);

    /// <summary>Writes an integer.</summary>
    public void Write(long value) => _writer.WriteNumberValue(value);

    /// <summary>Writes an integer.</summary>
    public void Write(ulong value) => _writer.WriteNumberValue(value);

    /// <summary>Writes a UTF-16 code unit as its number: as Go does with a rune.</summary>
    public void Write(char value) => _writer.WriteNumberValue((uint)value);

    /// <summary>Writes a number of 32 bits, with as few digits as identify it.</summary>
    public void Write(float value)
    {
        Span<byte> text = stackalloc byte[GoNumber.MaxLength];
        _writer.WriteRawValue(text[..GoNumber.Format(value, text)], skipInputValidation: true);
    }

    /// <summary>Writes a number of 64 bits, with as few digits as identify it.</summary>
    public void Write(double value)
    {
        Span<byte> text = stackalloc byte[GoNumber.MaxLength];
        _writer.WriteRawValue(text[..GoNumber.Format(value, text)], skipInputValidation: true);
    }

    /// <summary>Writes a number of 16 bits, with as few digits as identify it.</summary>
    public void Write(Half value)
    {
        Span<byte> text = stackalloc byte[GoNumber.MaxLength];
        _writer.WriteRawValue(text[..GoNumber.Format(value, text)], skipInputValidation: true);
    }

    /// <summary>Writes a decimal number, with all its digits.</summary>
    public void Write(decimal value) => _writer.WriteNumberValue(value);

    /// <summary>Writes a string.</summary>
    /// <exception cref="PayloadException">It is null, or holds half of a surrogate pair.</exception>
    public void Write(string? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        _writer.WriteStringValue(WellFormed(value, name));

    /// <summary>Writes a string, or null.</summary>
    public void WriteOrNull(string? value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is null)
        {
            _writer.WriteNullValue();
            return;
        }

        Write(value, name);
    }

    /// <summary>Writes bytes in Base64.</summary>
    public void Write(byte[]? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Write((value ?? throw PayloadWriter.Null(name)).AsMemory());

    /// <summary>Writes bytes in Base64.</summary>
    public void Write(ReadOnlyMemory<byte> value)
    {
        // Not the writer's own Base64: that one escapes the plus sign, and Go does not.
        var length = Base64.GetMaxEncodedToUtf8Length(value.Length) + 2;
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(length);
        buffer[0] = (byte)'"';
        Base64.EncodeToUtf8(value.Span, buffer.AsSpan(1), out _, out var written);
        buffer[written + 1] = (byte)'"';
        _writer.WriteRawValue(buffer.AsSpan(0, written + 2), skipInputValidation: true);
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Writes a GUID as a string of 36 characters.</summary>
    public void Write(Guid value) => _writer.WriteStringValue(value);

    /// <summary>Writes a point in time in UTC. A local time becomes UTC; one of unspecified kind is taken for UTC.</summary>
    public void Write(DateTime value) => Write(new DateTimeOffset(
        value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : DateTime.SpecifyKind(value, DateTimeKind.Utc)));

    /// <summary>Writes a point in time with its offset.</summary>
    public void Write(DateTimeOffset value)
    {
        Span<byte> text = stackalloc byte[GoTime.MaxLength + 2];
        var length = GoTime.Format(value, text[1..]);
        text[0] = text[length + 1] = (byte)'"';
        _writer.WriteRawValue(text[..(length + 2)], skipInputValidation: true);
    }

    /// <summary>Writes a duration as its number of nanoseconds.</summary>
    /// <exception cref="PayloadException">It is longer than 292 years: more than Go can hold.</exception>
    public void Write(TimeSpan value)
    {
        if (Int128.Abs(value.Ticks) > long.MaxValue / NanosecondsPerTick)
        {
            throw new PayloadException($"{value} is longer than the 292 years that fit a number of nanoseconds");
        }

        _writer.WriteNumberValue(value.Ticks * NanosecondsPerTick);
    }

    /// <summary>Writes a date, such as 2026-11-23.</summary>
    public void Write(DateOnly value)
    {
        Span<byte> text = stackalloc byte[GoTime.MaxLength];
        value.TryFormat(text, out var length, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        _writer.WriteStringValue(text[..length]);
    }

    /// <summary>Writes a time of day, such as 04:05:06.5.</summary>
    public void Write(TimeOnly value)
    {
        Span<byte> text = stackalloc byte[GoTime.MaxLength];
        _writer.WriteStringValue(text[..GoTime.Format(value, text)]);
    }

    /// <summary>Writes a URI as it was given.</summary>
    public void Write(Uri? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Write(value?.OriginalString, name);

    /// <summary>Writes a version as a string.</summary>
    public void Write(Version? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Write(value?.ToString(), name);

    /// <summary>Writes an integer of any length.</summary>
    public void Write(BigInteger value) =>
        _writer.WriteRawValue(value.ToString(CultureInfo.InvariantCulture), skipInputValidation: true);

    /// <summary>Writes an integer.</summary>
    public void Write(Int128 value) => WriteInteger(value);

    /// <summary>Writes an integer.</summary>
    public void Write(UInt128 value) => WriteInteger(value);

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(string? key, [CallerArgumentExpression(nameof(key))] string name = "") =>
        _writer.WritePropertyName(WellFormed(key, name));

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(long key) => WriteFormattedKey(key);

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(ulong key) => WriteFormattedKey(key);

    /// <summary>Writes the key of an entry.</summary>
    public void WriteKey(Guid key) => WriteFormattedKey(key);

    private void WriteInteger<T>(T value)
        where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[MaxKeyLength];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        _writer.WriteRawValue(text[..length], skipInputValidation: true);
    }

    private void WriteFormattedKey<T>(T key)
        where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[MaxKeyLength];
        key.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        _writer.WritePropertyName(text[..length]);
    }

    private static string WellFormed(string? value, string name)
    {
        if (value is null)
        {
            throw PayloadWriter.Null(name);
        }

        for (var i = value.AsSpan().IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < value.Length; i++)
        {
            if (char.IsSurrogate(value[i]) && !(i + 1 < value.Length && char.IsSurrogatePair(value[i], value[++i])))
            {
                throw PayloadWriter.HalfPair(name);
            }
        }

        return value;
    }
}
