using MessagePack;

namespace Asynq.Typed.Wire;

/// <summary>Passes over a value. MessagePack's own skip recurses as deep as hostile bytes ask it to.</summary>
internal static class MessagePackSkip
{
    /// <summary>Passes over the next value.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="depth">How many objects and lists surround the value.</param>
    /// <param name="origin">The offset in the payload of the first byte of what is read.</param>
    internal static void Value(ref MessagePackReader reader, int depth, int origin = 0) =>
        Reaches(ref reader, depth, long.MaxValue, origin);

    /// <summary>Whether the next value has the target in it; if not, it is passed over.</summary>
    /// <param name="reader">Where to read. Not past the target.</param>
    /// <param name="depth">How many objects and lists surround the value.</param>
    /// <param name="target">What the reader has consumed where the value begins that is looked for.</param>
    /// <param name="origin">The offset in the payload of the first byte of what is read.</param>
    internal static bool Reaches(ref MessagePackReader reader, int depth, long target, int origin = 0)
    {
        if (reader.Consumed >= target)
        {
            return true;
        }

        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Array:
                return OneReaches(ref reader, depth, target, origin, isMap: false);
            case MessagePackType.Map:
                return OneReaches(ref reader, depth, target, origin, isMap: true);
            default:
                reader.Skip();
                return reader.Consumed > target;
        }
    }

    private static bool OneReaches(ref MessagePackReader reader, int depth, long target, int origin, bool isMap)
    {
        if (depth == PayloadLimits.MaxDepth)
        {
            throw PayloadFault.TooDeep(origin + reader.Consumed);
        }

        var count = isMap ? 2L * reader.ReadMapHeader() : reader.ReadArrayHeader();
        for (var i = 0L; i < count; i++)
        {
            if (Reaches(ref reader, depth + 1, target, origin))
            {
                return true;
            }
        }

        return false;
    }
}
