using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Google.Protobuf;

namespace Asynq.Typed.Redis;

/// <summary>
/// Reads messages. A large payload is not copied: the message keeps the bytes that it was read from, which must not change.
/// The names of types and queues are not made anew for each message.
/// </summary>
internal static class MessageReader
{
    // Below, a copy costs less than looking for the payload.
    private const int LeastShared = 16 * 1024;

    // A message that is a smaller part of what came with it would keep all of that in memory for as long as it runs.
    private const int MostParts = 4;

    private static readonly RecentTexts Names = new();

    /// <exception cref="InvalidProtocolBufferException">That is no message.</exception>
    internal static TaskMessage Read(ReadOnlyMemory<byte> bytes) =>
        bytes.Length >= LeastShared
        && MemoryMarshal.TryGetArray(bytes, out var array)
        && array.Array!.Length <= (long)bytes.Length * MostParts
        && FindPayload(array) is { } payload
            ? ReadAround(bytes, payload.Tag, payload.Start, payload.End)
            : ReadSmall(bytes.Span);

    /// <summary>
    /// Type, payload, id and queue stand at the front, in this order, in what every client writes. Whatever else there is, the
    /// generated parser reads, behind them or all of it.
    /// </summary>
    private static TaskMessage ReadSmall(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        if (!TryTake(ref rest, TaskMessage.TypeFieldNumber, out var type)
            || !TryTake(ref rest, TaskMessage.PayloadFieldNumber, out var payload)
            || !TryTake(ref rest, TaskMessage.IdFieldNumber, out var id)
            || !TryTake(ref rest, TaskMessage.QueueFieldNumber, out var queue)
            || !Utf8.IsValid(type)
            || !Utf8.IsValid(id)
            || !Utf8.IsValid(queue))
        {
            return TaskMessage.Parser.ParseFrom(bytes);
        }

        var message = new TaskMessage
        {
            Type = Names.Get(type),
            Payload = ByteString.CopyFrom(payload),
            Id = Encoding.UTF8.GetString(id),
            Queue = Names.Get(queue),
        };
        message.MergeFrom(rest);
        return message;
    }

    /// <summary>Takes a field of one of the first 15 numbers that is shorter than 16 KiB, if it stands at the front.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> bytes, int field, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (bytes.Length < 2 || bytes[0] != ((field << 3) | (int)WireFormat.WireType.LengthDelimited))
        {
            return false;
        }

        var (head, length) = (2, (int)bytes[1]);
        if (length > sbyte.MaxValue)
        {
            if (bytes.Length < 3 || bytes[2] > sbyte.MaxValue)
            {
                return false;
            }

            (head, length) = (3, (length & sbyte.MaxValue) | (bytes[2] << 7));
        }

        if (length > bytes.Length - head)
        {
            return false;
        }

        value = bytes.Slice(head, length);
        bytes = bytes[(head + length)..];
        return true;
    }

    // Parts of a message that are read one after the other add up to the whole: that is how the format is defined.
    private static TaskMessage ReadAround(ReadOnlyMemory<byte> bytes, int tag, int start, int end)
    {
        var message = new TaskMessage();
        message.MergeFrom(bytes.Span[..tag]);
        message.Payload = UnsafeByteOperations.UnsafeWrap(bytes[start..end]);
        message.MergeFrom(bytes.Span[end..]);
        return message;
    }

    /// <summary>Where the first payload is; <c>null</c> where there is none, or less of it than is said.</summary>
    private static (int Tag, int Start, int End)? FindPayload(ArraySegment<byte> bytes)
    {
        const uint Payload = (TaskMessage.PayloadFieldNumber << 3) | (uint)WireFormat.WireType.LengthDelimited;
        using var input = new CodedInputStream(bytes.Array!, bytes.Offset, bytes.Count);
        var first = (int)input.Position;
        for (var at = 0; input.ReadTag() is not 0 and var tag; at = (int)input.Position - first)
        {
            if (tag == Payload)
            {
                var length = input.ReadLength();
                var start = (int)input.Position - first;
                return length >= 0 && length <= bytes.Count - start ? (at, start, start + length) : null;
            }

            input.SkipLastField();
        }

        return null;
    }
}
