using System.Buffers.Text;
using System.Text;

namespace Asynq.Typed.Redis;

/// <summary>One task in what a fetch brought: see the result of <c>dequeue.lua</c>.</summary>
/// <param name="Id">Its id, in UTF-8.</param>
/// <param name="Message">Its message, encoded.</param>
/// <param name="PendingSince">Since when it was pending, in Unix nanoseconds, where that is known.</param>
internal readonly record struct FetchedTask(ReadOnlyMemory<byte> Id, ReadOnlyMemory<byte> Message, long? PendingSince)
{
    internal string IdText => Encoding.UTF8.GetString(Id.Span);

    internal bool HasId(string id)
    {
        const int LongestOnStack = 512;
        var length = Encoding.UTF8.GetByteCount(id);
        if (length != Id.Length)
        {
            return false;
        }

        var bytes = length <= LongestOnStack ? stackalloc byte[LongestOnStack] : new byte[length];
        return bytes[..Encoding.UTF8.GetBytes(id, bytes)].SequenceEqual(Id.Span);
    }

    /// <summary>Takes the next task off what is left of a fetch; false at its end.</summary>
    internal static bool TryTake(ref ReadOnlyMemory<byte> fetched, out FetchedTask task)
    {
        task = default;
        if (fetched.Length == 0)
        {
            return false;
        }

        var head = fetched.Span;
        var idLength = TakeLength(ref head);
        var messageLength = TakeLength(ref head);
        var end = head.IndexOf((byte)'\n');
        if (end < 0)
        {
            throw Garbled("a line ends too early");
        }

        var isKnown = Utf8Parser.TryParse(head[..end], out long since, out var digits) && digits == end;
        var id = fetched[(fetched.Length - head.Length + end + 1)..];
        task = new FetchedTask(id[..idLength], id.Slice(idLength, messageLength), isKnown ? since : null);
        fetched = id[(idLength + messageLength)..];
        return true;
    }

    private static int TakeLength(ref ReadOnlySpan<byte> head)
    {
        if (!Utf8Parser.TryParse(head, out int length, out var digits))
        {
            throw Garbled("a length is missing");
        }

        head = head[(digits + 1)..];
        return length;
    }

    private static InvalidOperationException Garbled(string fault) =>
        new($"What the fetch script answered is not what it should be: {fault}.");
}
