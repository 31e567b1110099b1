using System.Buffers.Binary;
using System.Numerics;

namespace Asynq.Typed.Wire;

public ref partial struct PayloadReader
{
    private const int Int128Length = 16;

    /// <summary>Reads bytes.</summary>
    public ReadOnlyMemory<byte> ReadMemory() => ReadBytes();

    /// <summary>Reads a date, written as its number of days since 0001-01-01.</summary>
    public DateOnly ReadDateOnly() => DateOnly.FromDayNumber(ReadInt32());

    /// <summary>Reads a time of day, written as its number of 100 ns ticks.</summary>
    public TimeOnly ReadTimeOnly() => new(ReadInt64());

    /// <summary>Reads a URI, absolute or relative.</summary>
    public Uri ReadUri() => new(ReadString(), UriKind.RelativeOrAbsolute);

    /// <summary>Reads a version, written as a string.</summary>
    public Version ReadVersion() => Version.TryParse(ReadString(), out var version)
        ? version
        : throw new PayloadFault("is not a version", _start);

    /// <summary>Reads a number of 16 bits, written as one of 32.</summary>
    public Half ReadHalf() => (Half)ReadSingle();

    /// <summary>Reads an integer, written as its bytes in two's complement, the lowest first.</summary>
    public BigInteger ReadBigInteger() => new(ReadBinary());

    /// <summary>Reads an integer, written as its 16 bytes, the lowest first.</summary>
    public Int128 ReadInt128() => BinaryPrimitives.ReadInt128LittleEndian(Read16Bytes());

    /// <summary>Reads an integer, written as its 16 bytes, the lowest first.</summary>
    public UInt128 ReadUInt128() => BinaryPrimitives.ReadUInt128LittleEndian(Read16Bytes());

    private ReadOnlySpan<byte> Read16Bytes()
    {
        var bytes = ReadBinary();
        return bytes.Length == Int128Length
            ? bytes
            : throw new PayloadFault($"has {bytes.Length} bytes in place of {Int128Length}", _start);
    }
}
