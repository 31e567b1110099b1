using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Asynq.Typed.Wire;

public ref partial struct PayloadWriter
{
    // Four numbers of 10 digits, and the points between them.
    internal const int MaxVersionLength = 43;

    private const int Int128Length = 16;

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlyMemory<byte> value) => _writer.Write(value.Span);

    /// <summary>Writes a date as its number of days since 0001-01-01.</summary>
    public void Write(DateOnly value) => _writer.Write(value.DayNumber);

    /// <summary>Writes a time of day as its number of 100 ns ticks.</summary>
    public void Write(TimeOnly value) => _writer.Write(value.Ticks);

    /// <summary>Writes a URI as it was given.</summary>
    public void Write(Uri? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Write(value?.OriginalString, name);

    /// <summary>Writes a version as a string.</summary>
    public void Write(Version? value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is null)
        {
            throw Null(name);
        }

        Span<byte> text = stackalloc byte[MaxVersionLength];
        value.TryFormat(text, out var length);
        var header = HeaderLength(length);
        var span = _writer.GetSpan(header + length);
        WriteStringHeader(span, header, length);
        text[..length].CopyTo(span[header..]);
        _writer.Advance(header + length);
    }

    /// <summary>Writes a number of 16 bits as one of 32.</summary>
    public void Write(Half value) => _writer.Write((float)value);

    /// <summary>Writes an integer as its bytes in two's complement, the lowest first.</summary>
    public void Write(BigInteger value)
    {
        var length = value.GetByteCount();
        _writer.WriteBinHeader(length);
        value.TryWriteBytes(_writer.GetSpan(length), out _);
        _writer.Advance(length);
    }

    /// <summary>Writes an integer as its 16 bytes, the lowest first.</summary>
    public void Write(Int128 value)
    {
        _writer.WriteBinHeader(Int128Length);
        BinaryPrimitives.WriteInt128LittleEndian(_writer.GetSpan(Int128Length), value);
        _writer.Advance(Int128Length);
    }

    /// <summary>Writes an integer as its 16 bytes, the lowest first.</summary>
    public void Write(UInt128 value)
    {
        _writer.WriteBinHeader(Int128Length);
        BinaryPrimitives.WriteUInt128LittleEndian(_writer.GetSpan(Int128Length), value);
        _writer.Advance(Int128Length);
    }
}
