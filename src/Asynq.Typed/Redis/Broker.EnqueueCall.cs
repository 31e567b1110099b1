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
    /// The first attempt may have stored the tasks. Redis mostly knows; where it no longer does, one that is stored with our
    /// very message is our own.
    /// </summary>
    private async Task<EnqueueReply[]?> RepeatedRepliesAsync(
        QueueKeys queue, IReadOnlyList<EnqueueItem> items, RedisResult[] answer)
    {
        var codes = answer[0].ToString();
        var replies = Replies(queue, items, answer);
        for (var i = 0; i < replies?.Length; i++)
        {
            if (EnqueueCall.CodeOf(codes, i) == EnqueueCall.OwnTick
                || (replies[i].Outcome is EnqueueOutcome.Duplicate or EnqueueOutcome.IdConflict
                    && await IsStoredAsync(queue, items[i].Message.Id, items[i].Encoded).ConfigureAwait(false)))
            {
                replies[i] = new EnqueueReply(EnqueueOutcome.Enqueued, null);
            }
        }

        return replies;
    }

    private async Task<bool> IsStoredAsync(QueueKeys queue, string id, byte[] message)
    {
        var stored = (byte[]?)await CallAsync(
            database => database.HashGetAsync(queue.Task(id), "msg", OnPrimary), CancellationToken.None).ConfigureAwait(false);
        return stored is not null && stored.AsSpan().SequenceEqual(message);
    }

    private ValueTask PublishQueueAsync(string queue, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return _published.TryGetValue(queue, out var last) && now - last < PublishInterval
            ? ValueTask.CompletedTask
            : new ValueTask(PublishAsync());

        async Task PublishAsync()
        {
            await RepeatAsync(
                () => CallAsync(database => database.SetAddAsync(Keys.Queues, queue, OnPrimary), ct)).ConfigureAwait(false);
            _published[queue] = now;
        }
    }
}
