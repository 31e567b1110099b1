using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using MessagePack;

namespace Asynq.Typed.Wire;

public ref partial struct PayloadWriter
{
    private const int GuidLength = 36;
    private const int MaxDecimalLength = 31;

    // From here on a string is measured before it is written: three bytes a character would be too much to reserve.
    private const int LongString = 32 * 1024;

    /// <summary>Writes a boolean.</summary>
    public void Write(bool value) => _writer.Write(value);

    /// <summary>Writes an integer, in as few bytes as it needs.</summary>
    public void Write(sbyte value) => _writer.Write(value);

    /// <summary>Writes an integer, in as few bytes as it needs.</summary>
    public void Write(byte value) => _writer.Write(value);

    /// <summary>Writes an integer, in as few bytes as it needs.</summary>
    public void Write(short value) => _writer.Write(value);

    /// <summary>Writes an integer, in as few bytes as it needs.</summary>
    public void Write(ushort value) => _writer.Write(value);

    /// <summary>Writes an integer, in as few bytes as it needs.</summary>
    public void Write(int value) => _writer.Write(value);

    /// <summary>Writes an integer, in as few bytes as it needs.</summary>
    public void Write(uint value) => _writer.Write(value);

    /// <summary>Writes an integer, in as few bytes as it needs.</summary>
    public void Write(long value) => _writer.Write(value);

    /// <summary>Writes an integer, in as few bytes as it needs.</summary>
    public void Write(ulong value) => _writer.Write(value);

    /// <summary>Writes a number of 32 bits.</summary>
    public void Write(float value) => _writer.Write(value);

    /// <summary>Writes a number of 64 bits.</summary>
    public void Write(double value) => _writer.Write(value);

    /// <summary>Writes a UTF-16 code unit as its number.</summary>
    public void Write(char value) => _writer.Write((ushort)value);

    /// <summary>Writes a string.</summary>
    /// <exception cref="PayloadException">It is null, or holds half of a surrogate pair.</exception>
    public void Write(string? value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is null)
        {
            throw Null(name);
        }

        var maxBytes = value.Length < LongString ? value.Length * 3 : Encoding.UTF8.GetByteCount(value);
        var span = _writer.GetSpan(maxBytes + 5);

        // Text is mostly ASCII: encode it behind the header that it then needs, and move it in the other case.
        var guess = HeaderLength(value.Length);
        if (Utf8.FromUtf16(value, span[guess..], out _, out var length, replaceInvalidSequences: false)
            != System.Buffers.OperationStatus.Done)
        {
            throw HalfPair(name);
        }

        var header = HeaderLength(length);
        if (header != guess)
        {
            span.Slice(guess, length).CopyTo(span[header..]);
        }

        WriteStringHeader(span, header, length);
        _writer.Advance(header + length);
    }

    /// <summary>Writes a string, or null.</summary>
    public void WriteOrNull(string? value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is null)
        {
            _writer.WriteNil();
            return;
        }

        Write(value, name);
    }

    /// <summary>Writes bytes.</summary>
    public void Write(byte[]? value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is null)
        {
            throw Null(name);
        }

        _writer.Write(value);
    }

    /// <summary>Writes a GUID as a string of 36 characters, as MessagePack-CSharp does.</summary>
    public void Write(Guid value)
    {
        var span = _writer.GetSpan(GuidLength + 2);
        WriteStringHeader(span, HeaderLength(GuidLength), GuidLength);
        var written = value.TryFormat(span[HeaderLength(GuidLength)..], out var length);
        Debug.Assert(written && length == GuidLength, "A GUID has 36 characters");
        _writer.Advance(HeaderLength(GuidLength) + GuidLength);
    }

    /// <summary>Writes a point in time as a MessagePack timestamp. A local time becomes UTC; one of unspecified kind is
    /// taken for UTC.</summary>
    public void Write(DateTime value) => _writer.Write(value);

    /// <summary>Writes a point in time as a list of the local time and the offset in minutes, as MessagePack-CSharp
    /// does.</summary>
    public void Write(DateTimeOffset value)
    {
        _writer.WriteArrayHeader(2);
        _writer.Write(DateTime.SpecifyKind(value.DateTime, DateTimeKind.Utc));
        _writer.Write((short)value.TotalOffsetMinutes);
    }

    /// <summary>Writes a duration as its number of 100 ns ticks.</summary>
    public void Write(TimeSpan value) => _writer.Write(value.Ticks);

    /// <summary>Writes a decimal number as a string, with all its digits.</summary>
    public void Write(decimal value)
    {
        var span = _writer.GetSpan(MaxDecimalLength + 1);
        var written = value.TryFormat(span[1..], out var length, default, CultureInfo.InvariantCulture);
        Debug.Assert(written && length <= MaxDecimalLength, "29 digits, a sign and a point");
        WriteStringHeader(span, 1, length);
        _writer.Advance(length + 1);
    }

    private static int HeaderLength(int length) => length switch
    {
        <= MessagePackRange.MaxFixStringLength => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    };

    private static void WriteStringHeader(Span<byte> span, int header, int length)
    {
        switch (header)
        {
            case 1:
                span[0] = (byte)(MessagePackCode.MinFixStr | length);
                break;
            case 2:
                span[0] = MessagePackCode.Str8;
                span[1] = (byte)length;
                break;
            case 3:
                span[0] = MessagePackCode.Str16;
                BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)length);
                break;
            default:
                span[0] = MessagePackCode.Str32;
                BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)length);
                break;
        }
    }
}
