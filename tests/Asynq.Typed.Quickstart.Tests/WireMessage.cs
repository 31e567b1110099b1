using System.Text;

namespace Asynq.Typed.Quickstart.Tests;

/// <summary>
/// Writes a task message field by field as the protocol page has it, without the library under test or its protobuf
/// classes, so that the two can be compared.
/// </summary>
internal sealed class WireMessage
{
    private readonly List<byte> _bytes = [];

    internal required string Type { get; init; }

    internal required byte[] Payload { get; init; }

    internal required string Id { get; init; }

    internal required string Queue { get; init; }

    internal required int MaxRetry { get; init; }

    internal long Timeout { get; init; }

    internal long Deadline { get; init; }

    internal string UniqueKey { get; init; } = "";

    internal long Retention { get; init; }

    internal byte[] ToBytes()
    {
        _bytes.Clear();
        Block(1, Encoding.UTF8.GetBytes(Type));
        Block(2, Payload);
        Block(3, Encoding.UTF8.GetBytes(Id));
        Block(4, Encoding.UTF8.GetBytes(Queue));
        Number(5, MaxRetry);
        Number(8, Timeout);
        Number(9, Deadline);
        Block(10, Encoding.UTF8.GetBytes(UniqueKey));
        Number(12, Retention);
        return [.. _bytes];
    }

    private void Block(int field, byte[] value)
    {
        if (value.Length > 0)
        {
            Varint((ulong)((field << 3) | 2));
            Varint((ulong)value.Length);
            _bytes.AddRange(value);
        }
    }

    private void Number(int field, long value)
    {
        if (value != 0)
        {
            Varint((ulong)(field << 3));
            Varint((ulong)value);
        }
    }

    private void Varint(ulong value)
    {
        while (value > 127)
        {
            _bytes.Add((byte)(value | 128));
            value >>= 7;
        }

        _bytes.Add((byte)value);
    }
}
