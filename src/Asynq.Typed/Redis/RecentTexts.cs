using System.Text;

namespace Asynq.Typed.Redis;

/// <summary>
/// Texts that come again and again, each as one string: the names of types and queues in the messages of a server. It keeps
/// a few of those that came last. Safe for concurrent use.
/// </summary>
internal sealed class RecentTexts
{
    private const int Slots = 64;
    private const int MostBytes = 128;

    private readonly Entry?[] _entries = new Entry?[Slots];

    private sealed record Entry(byte[] Utf8, string Text);

    /// <summary>The text of valid UTF-8.</summary>
    internal string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MostBytes)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref var slot = ref _entries[SlotOf(utf8)];
        var entry = Volatile.Read(ref slot);
        if (entry is null || !utf8.SequenceEqual(entry.Utf8))
        {
            entry = new Entry(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
            Volatile.Write(ref slot, entry);
        }

        return entry.Text;
    }

    private static int SlotOf(ReadOnlySpan<byte> utf8)
    {
        var hash = new HashCode();
        hash.AddBytes(utf8);
        return (hash.ToHashCode() & int.MaxValue) % Slots;
    }
}
