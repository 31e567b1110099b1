using System.Buffers.Text;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>Reads the tasks that a fetch brought, one after the other: see the result of <c>dequeue.lua</c>.</summary>
/// <param name="tasks">The string of the tasks.</param>
/// <param name="behind">What stands behind it: messages that are long.</param>
internal struct FetchedTasks(ReadOnlyMemory<byte> tasks, ReadOnlyMemory<RedisResult> behind)
{
    private ReadOnlyMemory<byte> _left = tasks;
    private ReadOnlyMemory<RedisResult> _long = behind;

    /// <summary>Whether there is none, or no more.</summary>
    internal readonly bool IsEmpty => _left.Length == 0;

    /// <summary>Takes the next task; false at their end.</summary>
    internal bool TryTake(out FetchedTask task)
    {
        task = default;
        if (IsEmpty)
        {
            return false;
        }

        var head = _left.Span;
        var idLength = TakeLength(ref head);
        var messageLength = TakeLength(ref head);
        var end = head.IndexOf((byte)'\n');
        if (end < 0)
        {
            throw Garbled("a line ends too early");
        }

        var isKnown = Utf8Parser.TryParse(head[..end], out long since, out var digits) && digits == end;
        _left = _left[(_left.Length - head.Length + end + 1)..];
        var id = Take(idLength);
        var message = messageLength < 0 ? TakeLong() : Take(messageLength);
        task = new FetchedTask(id, message, isKnown ? since : null);
        return true;
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        var taken = _left[..length];
        _left = _left[length..];
        return taken;
    }

    private ReadOnlyMemory<byte> TakeLong()
    {
        if (_long.IsEmpty || (byte[]?)_long.Span[0] is not { } message)
        {
            throw Garbled("a message is missing");
        }

        _long = _long[1..];
        return message;
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
