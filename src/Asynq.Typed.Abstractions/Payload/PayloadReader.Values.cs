using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Asynq.Typed.Wire;

public ref partial struct PayloadReader
{
    /// <summary>Reads a boolean.</summary>
    public bool ReadBoolean()
    {
        _start = _reader.Consumed;
        return _reader.ReadBoolean();
    }

    /// <summary>Reads an integer.</summary>
    public sbyte ReadSByte()
    {
        _start = _reader.Consumed;
        return _reader.ReadSByte();
    }

    /// <summary>Reads an integer.</summary>
    public byte ReadByte()
    {
        _start = _reader.Consumed;
        return _reader.ReadByte();
    }

    /// <summary>Reads an integer.</summary>
    public short ReadInt16()
    {
        _start = _reader.Consumed;
        return _reader.ReadInt16();
    }

    /// <summary>Reads an integer.</summary>
    public ushort ReadUInt16()
    {
        _start = _reader.Consumed;
        return _reader.ReadUInt16();
    }

    /// <summary>Reads an integer.</summary>
    public int ReadInt32()
    {
        _start = _reader.Consumed;
        return _reader.ReadInt32();
    }

    /// <summary>Reads an integer.</summary>
    public uint ReadUInt32()
    {
        _start = _reader.Consumed;
        return _reader.ReadUInt32();
    }

    /// <summary>Reads an integer.</summary>
    public long ReadInt64()
    {
        _start = _reader.Consumed;
        return _reader.ReadInt64();
    }

    /// <summary>Reads an integer.</summary>
    public ulong ReadUInt64()
    {
        _start = _reader.Consumed;
        return _reader.ReadUInt64();
    }

    /// <summary>Reads a number.</summary>
    public float ReadSingle()
    {
        _start = _reader.Consumed;
        return _reader.ReadSingle();
    }

    /// <summary>Reads a number.</summary>
    public double ReadDouble()
    {
        _start = _reader.Consumed;
        return _reader.ReadDouble();
    }

    /// <summary>Reads a UTF-16 code unit, written as its number.</summary>
    public char ReadChar()
    {
        _start = _reader.Consumed;
        return (char)_reader.ReadUInt16();
    }

    /// <summary>Reads a string.</summary>
    public string ReadString()
    {
        // Looking first is faster than the encoding that throws.
        var text = ReadUtf8();
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw new PayloadFault("is a string that is not valid UTF-8", _start);
    }

    /// <summary>Reads bytes.</summary>
    public byte[] ReadBytes()
    {
        _start = _reader.Consumed;
        return (_reader.ReadBytes() ?? throw PayloadFault.Null(_start)).ToArray();
    }

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
        _start = _reader.Consumed;
        return _reader.ReadDateTime();
    }

    /// <summary>Reads a point in time with its offset, written as a list of the local time and the offset in
    /// minutes.</summary>
    public DateTimeOffset ReadDateTimeOffset()
    {
        var start = _reader.Consumed;
        _start = start;
        if (_reader.ReadArrayHeader() != 2)
        {
            throw new PayloadFault("is not a list of a time and an offset", start);
        }

        var local = DateTime.SpecifyKind(_reader.ReadDateTime(), DateTimeKind.Unspecified);
        return new DateTimeOffset(local, TimeSpan.FromMinutes(_reader.ReadInt16()));
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

    private ReadOnlySpan<byte> ReadUtf8()
    {
        _start = _reader.Consumed;
        return _reader.TryReadStringSpan(out var text) ? text : throw PayloadFault.Null(_start);
    }
}
