using Google.Protobuf;

namespace Asynq.Typed.Redis;

/// <summary>
/// Reads messages. A large payload is not copied: the message keeps the bytes that it was read from, which must not change.
/// </summary>
internal static class MessageReader
{
    // Below, a copy costs less than looking for the payload.
    private const int LeastShared = 16 * 1024;

    /// <exception cref="InvalidProtocolBufferException">That is no message.</exception>
    internal static TaskMessage Read(byte[] bytes) =>
        bytes.Length >= LeastShared && FindPayload(bytes) is { } payload
            ? ReadAround(bytes, payload.Tag, payload.Start, payload.End)
            : TaskMessage.Parser.ParseFrom(bytes);

    // Parts of a message that are read one after the other add up to the whole: that is how the format is defined.
    private static TaskMessage ReadAround(byte[] bytes, int tag, int start, int end)
    {
        var message = new TaskMessage();
        message.MergeFrom(bytes.AsSpan(0, tag));
        message.Payload = UnsafeByteOperations.UnsafeWrap(bytes.AsMemory(start..end));
        message.MergeFrom(bytes.AsSpan(end));
        return message;
    }

    /// <summary>Where the first payload is; <c>null</c> where there is none, or less of it than is said.</summary>
    private static (int Tag, int Start, int End)? FindPayload(byte[] bytes)
    {
        const uint Payload = (TaskMessage.PayloadFieldNumber << 3) | (uint)WireFormat.WireType.LengthDelimited;
        using var input = new CodedInputStream(bytes);
        for (var at = 0; input.ReadTag() is not 0 and var tag; at = (int)input.Position)
        {
            if (tag == Payload)
            {
                var length = input.ReadLength();
                var start = (int)input.Position;
                return length >= 0 && length <= bytes.Length - start ? (at, start, start + length) : null;
            }

            input.SkipLastField();
        }

        return null;
    }
}
