using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private static readonly Script EnqueueScript = Script.Load("enqueue.lua");

    // A queue that was removed and is used again must become visible to a client that published it long ago.
    private static readonly TimeSpan PublishInterval = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _published = new(StringComparer.Ordinal);
    private readonly CallMarks _marks = new(time);

    /// <summary>Adds tasks to a queue.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="items">The tasks.</param>
    /// <param name="order">Calls that are to be carried out one after the other, although they are on their way together.</param>
    /// <param name="ct">Gives up before the call is sent.</param>
    private Task<EnqueueReply[]> EnqueueInOrderAsync(
        QueueKeys queue, IReadOnlyList<EnqueueItem> items, EnqueueOrder order, CancellationToken ct)
    {
        var mark = _marks.Next(queue.Name);
        var before = order.Last(queue.Name);
        var sending = SendAsync();
        order.Add(queue.Name, mark, sending);
        return sending;

        async Task<EnqueueReply[]> SendAsync()
        {
            await PublishQueueAsync(queue.Name, ct).ConfigureAwait(false);
            var replies = await EnqueueByOneCallAsync(queue, items, mark, before?.Mark, ct).ConfigureAwait(false);
            if (replies is null)
            {
                // The call before met with a fault. Nothing waits for a call that is over, whatever became of it.
                await before!.Value.Call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                replies = await EnqueueByOneCallAsync(queue, items, mark, null, ct).ConfigureAwait(false);
            }

            return replies!;
        }
    }

    /// <summary>Adds tasks to a queue, whose name has been published.</summary>
    private async Task<EnqueueReply[]> EnqueueByOneCallAsync(
        QueueKeys queue, IReadOnlyList<EnqueueItem> items, CancellationToken ct) =>
        (await EnqueueByOneCallAsync(queue, items, _marks.Next(queue.Name), null, ct).ConfigureAwait(false))!;

    /// <returns><c>null</c> where the call before has not been made: then neither has this.</returns>
    private async Task<EnqueueReply[]?> EnqueueByOneCallAsync(
        QueueKeys queue, IReadOnlyList<EnqueueItem> items, CallMark mark, CallMark? before, CancellationToken ct)
    {
        var now = Now;
        var args = EnqueueCall.Arguments(queue, items, mark, before, UnixNanoseconds(now), UnixSeconds(now));
        RedisKey[] keys = [queue.Pending, queue.Scheduled, queue.Groups, queue.CallMarks(_marks.Caller)];
        try
        {
            var answer = await RunListAsync(EnqueueScript, queue, keys, args, ct).ConfigureAwait(false);
            return Replies(queue, items, answer);
        }
        catch (RedisUnreachableException exception) when (IsBrokenConnection(exception))
        {
            // Whatever the callers want by now: they must not be left in doubt.
            var answer = await AgainAsync(
                () => RunListAsync(EnqueueScript, queue, keys, args, CancellationToken.None), exception).ConfigureAwait(false);
            return await RepeatedRepliesAsync(queue, items, answer).ConfigureAwait(false);
        }
    }

    private static EnqueueReply[]? Replies(QueueKeys queue, IReadOnlyList<EnqueueItem> items, RedisResult[] answer)
    {
        var codes = answer[0].ToString();
        if (codes == EnqueueCall.TooEarly)
        {
            return null;
        }

        var replies = new EnqueueReply[items.Count];
        for (var i = 0; i < (codes.Length == 0 ? 0 : replies.Length); i++)
        {
            replies[i] = EnqueueCall.ReplyOf(EnqueueCall.CodeOf(codes, i), queue, items[i]);
        }

        return replies;
    }

    /// <summary>
    /// The first attempt may have stored the tasks. Mostly Redis says so itself; where it noted nothing of it, one that is stored
    /// with our very message is our own, unless this attempt has just stored it.
    /// </summary>
    private async Task<EnqueueReply[]?> RepeatedRepliesAsync(
        QueueKeys queue, IReadOnlyList<EnqueueItem> items, RedisResult[] answer)
    {
        var codes = answer[0].ToString();
        var replies = Replies(queue, items, answer);
        if (replies is null || EnqueueCall.WasMadeBefore(answer))
        {
            return replies;
        }

        var stored = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < replies.Length; i++)
        {
            var (id, outcome) = (items[i].Message.Id, replies[i].Outcome);
            if (outcome == EnqueueOutcome.Enqueued)
            {
                stored.Add(id);
            }
            else if (EnqueueCall.CodeOf(codes, i) == EnqueueCall.OwnTick)
            {
                replies[i] = new EnqueueReply(EnqueueOutcome.Enqueued, null);
            }
            else if (outcome is EnqueueOutcome.Duplicate or EnqueueOutcome.IdConflict && !stored.Contains(id))
            {
                replies[i] = await DoubtedReplyAsync(queue, items[i], replies[i]).ConfigureAwait(false);
            }
        }

        return replies;
    }

    private async Task<EnqueueReply> DoubtedReplyAsync(QueueKeys queue, EnqueueItem item, EnqueueReply reply)
    {
        try
        {
            return await IsStoredAsync(queue, item.Message.Id, item.Encoded).ConfigureAwait(false)
                ? new EnqueueReply(EnqueueOutcome.Enqueued, null)
                : reply;
        }
#pragma warning disable CA1031 // Handed to the task's caller: those of the others are known, and must not be lost with it
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new EnqueueReply(EnqueueOutcome.Failed, new RedisUnreachableException(
                $"It is not known whether task '{item.Message.Id}' is stored in queue '{queue.Name}', because the answer to its "
                + $"enqueue was missed, and what is stored could not be asked for: {exception.Message}",
                outcomeUnknown: true,
                exception));
        }
    }

    private async Task<bool> IsStoredAsync(QueueKeys queue, string id, byte[] message)
    {
        var stored = (byte[]?)await RepeatAsync(() => CallAsync(
            database => database.HashGetAsync(queue.Task(id), "msg", OnPrimary), CancellationToken.None)).ConfigureAwait(false);
        return stored is not null && stored.AsSpan().SequenceEqual(message);
    }

    /// <summary>
    /// Makes the queue's name known, which must be so before the first enqueue. Later it is but done again, beside the enqueues:
    /// what hinders it hinders them only if it hinders them, too.
    /// </summary>
    private ValueTask PublishQueueAsync(string queue, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (!_published.TryGetValue(queue, out var last))
        {
            return new ValueTask(PublishAsync(queue, now, ct));
        }

        if (now - last >= PublishInterval && _published.TryUpdate(queue, now, last))
        {
            _ = TryPublishAgainAsync(queue, now, last);
        }

        return ValueTask.CompletedTask;
    }

    private async Task PublishAsync(string queue, DateTimeOffset now, CancellationToken ct)
    {
        await RepeatAsync(
            () => CallAsync(database => database.SetAddAsync(Keys.Queues, queue, OnPrimary), ct)).ConfigureAwait(false);
        _published[queue] = now;
    }

    private async Task TryPublishAgainAsync(string queue, DateTimeOffset now, DateTimeOffset last)
    {
        try
        {
            await PublishAsync(queue, now, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody waits for it, and the next enqueue tries again
        catch (Exception)
#pragma warning restore CA1031
        {
            _published.TryUpdate(queue, last, now);
        }
    }
}
