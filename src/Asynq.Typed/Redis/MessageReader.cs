using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Asynq.Typed.Redis;

/// <summary>
/// Reads messages. A large payload is not copied: the message keeps the bytes that it was read from, which must not change.
/// </summary>
internal static class MessageReader
{
    // Below, a copy costs less than looking for the payload.
    private const int LeastShared = 16 * 1024;

    // A message that is a smaller part of what came with it would keep all of that in memory for as long as it runs.
    private const int MostParts = 4;

    /// <exception cref="InvalidProtocolBufferException">That is no message.</exception>
    internal static TaskMessage Read(ReadOnlyMemory<byte> bytes) =>
        bytes.Length >= LeastShared
        && MemoryMarshal.TryGetArray(bytes, out var array)
        && array.Array!.Length <= (long)bytes.Length * MostParts
        && FindPayload(array) is { } payload
            ? ReadAround(bytes, payload.Tag, payload.Start, payload.End)
            : TaskMessage.Parser.ParseFrom(bytes.Span);

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
