using MessagePack;

namespace Asynq.Typed.Wire;

/// <summary>Passes over a value. MessagePack's own skip recurses as deep as hostile bytes ask it to.</summary>
internal static class MessagePackSkip
{
    /// <summary>Passes over the next value.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="depth">How many objects and lists surround the value.</param>
    /// <param name="origin">The offset in the payload of the first byte of what is read.</param>
    internal static void Value(ref MessagePackReader reader, int depth, int origin = 0)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Array:
                Values(ref reader, depth, origin, isMap: false);
                break;
            case MessagePackType.Map:
                Values(ref reader, depth, origin, isMap: true);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static void Values(ref MessagePackReader reader, int depth, int origin, bool isMap)
    {
        if (depth == PayloadLimits.MaxDepth)
        {
            throw PayloadFault.TooDeep(origin + reader.Consumed);
        }

        var count = isMap ? 2L * reader.ReadMapHeader() : reader.ReadArrayHeader();
        for (var i = 0L; i < count; i++)
        {
            Value(ref reader, depth + 1, origin);
        }
    }
}
