using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>The arguments and the answer of enqueue.lua, whose head describes them.</summary>
internal static class EnqueueCall
{
    private const int Head = 11;
    private const int PlainSize = 3;
    private const int Size = 9;
    private const long TickSeconds = 24 * 60 * 60;

    /// <summary>The whole answer where the call before has not been made.</summary>
    internal const string TooEarly = "-";

    /// <summary>The task's tick was enqueued before, by this very task.</summary>
    internal const int OwnTick = 4;

    /// <param name="queue">The queue of all the tasks.</param>
    /// <param name="items">The tasks.</param>
    /// <param name="mark">What the call is known by.</param>
    /// <param name="before">The call that must have been made before this one; <c>null</c> for none.</param>
    /// <param name="nanoseconds">Now, in Unix nanoseconds.</param>
    /// <param name="seconds">Now, in Unix seconds.</param>
    internal static RedisValue[] Arguments(
        QueueKeys queue,
        IReadOnlyList<EnqueueItem> items,
        CallMark mark,
        CallMark? before,
        RedisValue nanoseconds,
        RedisValue seconds)
    {
        var length = Head;
        for (var i = 0; i < items.Count; i++)
        {
            length += items[i].IsPlain ? PlainSize : Size;
        }

        var args = new RedisValue[length];
        (args[0], args[1], args[2]) = (queue.TaskPrefix, queue.GroupPrefix, queue.WakeChannel);
        (args[3], args[4], args[5]) = (nanoseconds, seconds, TickSeconds);
        (args[6], args[7], args[8]) = (mark.Text, mark.Place, mark.KeepsMarks ? "1" : "");
        (args[9], args[10]) = (before?.Text ?? "", before?.Place ?? 0);
        var at = Head;
        for (var i = 0; i < items.Count; i++)
        {
            at += Write(args.AsSpan(at), items[i]);
        }

        return args;
    }

    /// <summary>What the answer says of a task.</summary>
    /// <param name="answer">The digits of all tasks, or none.</param>
    /// <param name="at">Which task.</param>
    internal static int CodeOf(string answer, int at) => answer.Length == 0 ? 0 : answer[at] - '0';

    /// <summary>Whether the answer tells what was done when the call was made before.</summary>
    internal static bool WasMadeBefore(RedisResult[] answer) => answer.Length > 1;

    internal static EnqueueReply ReplyOf(int code, QueueKeys queue, EnqueueItem item) => code switch
    {
        0 => new(EnqueueOutcome.Enqueued, null),
        1 => new(EnqueueOutcome.Duplicate, null),
        2 => new(EnqueueOutcome.IdConflict, null),
        3 or OwnTick => new(EnqueueOutcome.TickTaken, null),
        _ => new(
            EnqueueOutcome.Failed,
            new InvalidOperationException(
                $"Redis key '{MisfitOf(code, queue, item)}' holds another type than asynq's protocol gives it, so that task "
                + $"'{item.Message.Id}' was not stored: find out who wrote it, then rename or delete it.")),
    };

    private static string MisfitOf(int code, QueueKeys queue, EnqueueItem item) => code switch
    {
        5 => item.Message.UniqueKey,
        6 => queue.Group(item.Message.GroupKey).ToString(),
        7 => item.Tick,
        8 => item.Tick[..item.Tick.LastIndexOf(':')],
        _ => (item.Kind == EnqueueKind.Scheduled ? queue.Scheduled : queue.Groups).ToString(),
    };

    private static int Write(Span<RedisValue> args, EnqueueItem item)
    {
        (args[1], args[2]) = (item.Message.Id, item.Encoded);
        if (item.IsPlain)
        {
            args[0] = "n";
            return PlainSize;
        }

        var due = item.ProcessAt is { } time ? DueTime.Of(time) : DueTime.None;
        args[0] = item.Kind switch { EnqueueKind.Pending => "p", EnqueueKind.Scheduled => "s", _ => "g" };
        args[3] = item.LockTtl is null ? "" : item.Message.UniqueKey;
        args[4] = item.LockTtl is { } ttl ? (long)ttl.TotalSeconds : "";
        args[5] = item.Kind == EnqueueKind.Pending ? "" : item.Message.GroupKey;
        (args[6], args[7], args[8]) = (due.Score, due.Exact, item.Tick);
        return Size;
    }
}
