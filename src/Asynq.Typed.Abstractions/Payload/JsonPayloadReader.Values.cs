using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Asynq.Typed.Wire;

public ref partial struct JsonPayloadReader
{
    private const long NanosecondsPerTick = 100;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a boolean.</summary>
    public bool ReadBoolean()
    {
        Read();
        return _reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw Unexpected("true or false"),
        };
    }

    /// <summary>Reads an integer.</summary>
    public sbyte ReadSByte() => checked((sbyte)ReadInt64());

    /// <summary>Reads an integer.</summary>
    public byte ReadByte() => checked((byte)ReadUInt64());

    /// <summary>Reads an integer.</summary>
    public short ReadInt16() => checked((short)ReadInt64());

    /// <summary>Reads an integer.</summary>
    public ushort ReadUInt16() => checked((ushort)ReadUInt64());

    /// <summary>Reads an integer.</summary>
    public int ReadInt32() => checked((int)ReadInt64());

    /// <summary>Reads an integer.</summary>
    public uint ReadUInt32() => checked((uint)ReadUInt64());

    /// <summary>Reads an integer.</summary>
    public long ReadInt64() => ReadNumber<long>(NumberStyles.AllowLeadingSign);

    /// <summary>Reads an integer.</summary>
    public ulong ReadUInt64() => ReadNumber<ulong>(NumberStyles.AllowLeadingSign);

    /// <summary>Reads a number.</summary>
    public float ReadSingle() => ReadNumber<float>(NumberStyles.Float);

    /// <summary>Reads a number.</summary>
    public double ReadDouble() => ReadNumber<double>(NumberStyles.Float);

    /// <summary>Reads a number.</summary>
    public Half ReadHalf() => ReadNumber<Half>(NumberStyles.Float);

    /// <summary>Reads a decimal number. One with more digits than fit is refused, not rounded.</summary>
    public decimal ReadDecimal()
    {
        var value = ReadNumber<decimal>(NumberStyles.Float);
        return PayloadDecimal.IsExact(_reader.ValueSpan, value) ? value : throw PayloadFault.TooLarge(_start);
    }

    /// <summary>Reads an integer.</summary>
    public Int128 ReadInt128() => ReadNumber<Int128>(NumberStyles.AllowLeadingSign);

    /// <summary>Reads an integer.</summary>
    public UInt128 ReadUInt128() => ReadNumber<UInt128>(NumberStyles.AllowLeadingSign);

    /// <summary>Reads an integer of up to 1,000 characters: more would take too long to convert.</summary>
    public BigInteger ReadBigInteger()
    {
        Read();
        RequireNumber();
        return _reader.ValueSpan.Length <= PayloadLimits.MaxNumberLength
            ? BigInteger.Parse(
                Encoding.UTF8.GetString(_reader.ValueSpan), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : throw new PayloadFault($"is a number of more than {PayloadLimits.MaxNumberLength} characters", _start);
    }

    /// <summary>Reads a UTF-16 code unit, written as its number.</summary>
    public char ReadChar() => (char)ReadUInt16();

    /// <summary>Reads a string.</summary>
    public string ReadString()
    {
        Read();
        return _reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
            ? Utf8.GetString(Text())
            : throw Unexpected("a string");
    }

    /// <summary>Reads bytes, written in Base64.</summary>
    public byte[] ReadBytes()
    {
        Expect(JsonTokenType.String, "a string");
        return _reader.TryGetBytesFromBase64(out var bytes) ? bytes : throw new PayloadFault("is not Base64", _start);
    }

    /// <summary>Reads bytes, written in Base64.</summary>
    public ReadOnlyMemory<byte> ReadMemory() => ReadBytes();

    /// <summary>Reads a GUID, written as a string of 36 characters.</summary>
    public Guid ReadGuid() => Guid.TryParseExact(ReadString(), "D", out var value)
        ? value
        : throw new PayloadFault("is not a GUID", _start);

    /// <summary>Reads a point in time: always in UTC.</summary>
    public DateTime ReadDateTime() => ReadDateTimeOffset().UtcDateTime;

    /// <summary>Reads a point in time with its offset.</summary>
    public DateTimeOffset ReadDateTimeOffset()
    {
        Expect(JsonTokenType.String, "a string");
        return GoTime.IsWhole(Text()) && _reader.TryGetDateTimeOffset(out var value)
            ? value
            : throw new PayloadFault("is not a time as in RFC 3339", _start);
    }

    /// <summary>Reads a duration, written as its number of nanoseconds. Cut to 100 ns, as the fraction of a time is: what Go
    /// measures has all nine digits.</summary>
    public TimeSpan ReadTimeSpan() => new(ReadInt64() / NanosecondsPerTick);

    /// <summary>Reads a date.</summary>
    public DateOnly ReadDateOnly() =>
        DateOnly.TryParseExact(
            ReadString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value)
            ? value
            : throw new PayloadFault("is not a date", _start);

    /// <summary>Reads a time of day.</summary>
    public TimeOnly ReadTimeOnly() =>
        TimeOnly.TryParseExact(
            ReadString(), "HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value)
            ? value
            : throw new PayloadFault("is not a time of day", _start);

    /// <summary>Reads a URI, absolute or relative.</summary>
    public Uri ReadUri() => new(ReadString(), UriKind.RelativeOrAbsolute);

    /// <summary>Reads a version, written as a string.</summary>
    public Version ReadVersion() => Version.TryParse(ReadString(), out var version)
        ? version
        : throw new PayloadFault("is not a version", _start);

    private T ReadNumber<T>(NumberStyles styles)
        where T : INumberBase<T>
    {
        Read();
        RequireNumber();
        return T.TryParse(_reader.ValueSpan, styles, CultureInfo.InvariantCulture, out var value) && T.IsFinite(value)
            ? value
            : throw PayloadFault.TooLarge(_start);
    }

    // The keys of dictionaries are strings; those of numbers hold one.
    private readonly void RequireNumber()
    {
        if (_reader.TokenType is not (JsonTokenType.Number or JsonTokenType.PropertyName))
        {
            throw Unexpected("a number");
        }
    }

    private readonly ReadOnlySpan<byte> Text()
    {
        if (!_reader.ValueIsEscaped)
        {
            return _reader.ValueSpan;
        }

        var unescaped = new byte[_reader.ValueSpan.Length];
        return unescaped.AsSpan(0, _reader.CopyString(unescaped));
    }
}
