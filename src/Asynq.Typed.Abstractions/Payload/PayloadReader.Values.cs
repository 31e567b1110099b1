using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using static MessagePack.MessagePackPrimitives;

namespace Asynq.Typed.Wire;

public ref partial struct PayloadReader
{
    /// <summary>Reads a boolean.</summary>
    public bool ReadBoolean()
    {
        _start = _at;
        Take(TryReadBool(_bytes[_at..], out var value, out var size), size, "a boolean");
        return value;
    }

    /// <summary>Reads an integer.</summary>
    public sbyte ReadSByte()
    {
        _start = _at;
        Take(TryReadSByte(_bytes[_at..], out var value, out var size), size, "an integer");
        return value;
    }

    /// <summary>Reads an integer.</summary>
    public byte ReadByte()
    {
        _start = _at;
        Take(TryReadByte(_bytes[_at..], out var value, out var size), size, "an integer");
        return value;
    }

    /// <summary>Reads an integer.</summary>
    public short ReadInt16()
    {
        _start = _at;
        Take(TryReadInt16(_bytes[_at..], out var value, out var size), size, "an integer");
        return value;
    }

    /// <summary>Reads an integer.</summary>
    public ushort ReadUInt16()
    {
        _start = _at;
        Take(TryReadUInt16(_bytes[_at..], out var value, out var size), size, "an integer");
        return value;
    }

    /// <summary>Reads an integer.</summary>
    public int ReadInt32()
    {
        _start = _at;
        Take(TryReadInt32(_bytes[_at..], out var value, out var size), size, "an integer");
        return value;
    }

    /// <summary>Reads an integer.</summary>
    public uint ReadUInt32()
    {
        _start = _at;
        Take(TryReadUInt32(_bytes[_at..], out var value, out var size), size, "an integer");
        return value;
    }

    /// <summary>Reads an integer.</summary>
    public long ReadInt64()
    {
        _start = _at;
        Take(TryReadInt64(_bytes[_at..], out var value, out var size), size, "an integer");
        return value;
    }

    /// <summary>Reads an integer.</summary>
    public ulong ReadUInt64()
    {
        _start = _at;
        Take(TryReadUInt64(_bytes[_at..], out var value, out var size), size, "an integer");
        return value;
    }

    /// <summary>Reads a number.</summary>
    public float ReadSingle()
    {
        _start = _at;
        Take(TryReadSingle(_bytes[_at..], out var value, out var size), size, "a number");
        return value;
    }

    /// <summary>Reads a number.</summary>
    public double ReadDouble()
    {
        _start = _at;
        Take(TryReadDouble(_bytes[_at..], out var value, out var size), size, "a number");
        return value;
    }

    /// <summary>Reads a UTF-16 code unit, written as its number.</summary>
    public char ReadChar() => (char)ReadUInt16();

    /// <summary>Reads a string.</summary>
    public string ReadString()
    {
        // Looking first is faster than the encoding that throws.
        var text = ReadUtf8();
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw new PayloadFault("is a string that is not valid UTF-8", _start);
    }

    /// <summary>Reads bytes.</summary>
    public byte[] ReadBytes() => ReadBinary().ToArray();

    /// <summary>Reads a GUID, written as a string of 36 characters.</summary>
    public Guid ReadGuid()
    {
        var text = ReadUtf8();
        return Utf8Parser.TryParse(text, out Guid value, out var length) && length == text.Length
            ? value
            : throw new PayloadFault("is not a GUID", _start);
    }

    /// <summary>Reads a point in time, written as a timestamp: always UTC.</summary>
    public DateTime ReadDateTime()
    {
        _start = _at;
        Take(TryReadDateTime(_bytes[_at..], out var value, out var size), size, "a time");
        return value;
    }

    /// <summary>Reads a point in time with its offset, written as a list of the local time and the offset in
    /// minutes.</summary>
    public DateTimeOffset ReadDateTimeOffset()
    {
        _start = _at;
        if (ReadArrayHeader() != 2)
        {
            throw new PayloadFault("is not a list of a time and an offset", _start);
        }

        Take(TryReadDateTime(_bytes[_at..], out var local, out var size), size, "a time");
        Take(TryReadInt16(_bytes[_at..], out var offset, out size), size, "an integer");
        return new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), TimeSpan.FromMinutes(offset));
    }

    /// <summary>Reads a duration, written as its number of 100 ns ticks.</summary>
    public TimeSpan ReadTimeSpan() => new(ReadInt64());

    /// <summary>Reads a decimal number, written as a string. One with more digits than fit is refused, not rounded.</summary>
    public decimal ReadDecimal()
    {
        var text = ReadUtf8();
        if (!Utf8Parser.TryParse(text, out decimal value, out var length) || length != text.Length)
        {
            throw new PayloadFault("is not a decimal number", _start);
        }

        return PayloadDecimal.IsExact(text, value) ? value : throw PayloadFault.TooLarge(_start);
    }
}
