using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>A connection that breaks under enqueues that travel together neither loses one, nor doubles or reorders them.</summary>
public sealed class LostBatchReplyTests
{
    [Theory, EachBackend]
    public async Task Tasks_that_are_enqueued_at_once_are_enqueued_once_though_replies_are_missed(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Broker.EnqueueAsync(Message("warm-up", queue: "other"), Ct);
        await place.Scene.Broker.EnqueueAsync(Message("7"), Ct);
        string[] ids = [.. Enumerable.Range(0, 300).Select(number => $"{number}")];
        place.Proxy.CutReplies(1);

        var outcomes = await Task.WhenAll(ids.Select(id =>
        {
            var message = Message(id);
            message.Retry = 3;
            return place.Broker.EnqueueAsync(message, Ct);
        }));

        Assert.Equal(1, place.Proxy.Cuts);
        Assert.All(ids.Zip(outcomes), pair => Assert.Equal(
            pair.First == "7" ? EnqueueOutcome.IdConflict : EnqueueOutcome.Enqueued, pair.Second));
        Assert.Equal(ids.Order(), (await place.Scene.ListAsync(K.Pending)).Order());
    }

    [Theory, EachBackend]
    public async Task Parts_that_are_on_their_way_together_keep_their_order_though_a_reply_is_missed(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Broker.EnqueueAsync(Message("warm-up", queue: "other"), Ct);
        var order = new EnqueueOrder();
        place.Proxy.CutReplies(1);

        var parts = Enumerable.Range(0, 5).Select(part => place.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message($"{part}a")), EnqueueItem.Pending(Message($"{part}b"))], Ct, order)).ToArray();

        Assert.All(
            (await Task.WhenAll(parts)).SelectMany(replies => replies),
            reply => Assert.Equal(new EnqueueReply(EnqueueOutcome.Enqueued, null), reply));
        Assert.Equal(1, place.Proxy.Cuts);
        Assert.Equal(
            ["0a", "0b", "1a", "1b", "2a", "2b", "3a", "3b", "4a", "4b"], (await place.Scene.ListAsync(K.Pending)).Reverse());
    }

    [Theory, EachBackend]
    public async Task Each_of_those_whose_call_is_repeated_in_vain_hears_that_it_may_have_been_carried_out(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Broker.EnqueueAsync(Message("warm-up"), Ct);
        place.Proxy.Cutting = place.Proxy.Refuse;
        place.Proxy.CutReplies(1);

        var enqueues = Enumerable.Range(0, 20).Select(number => place.Broker.EnqueueAsync(Message($"{number}"), Ct)).ToArray();
        while (!enqueues.All(enqueue => enqueue.IsCompleted))
        {
            place.Scene.Time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(20, Ct);
        }

        var stored = await place.Scene.ListAsync(K.Pending);
        for (var number = 0; number < enqueues.Length; number++)
        {
            // What is stored was not said to be undone; what was never sent was not said to be in doubt.
            var failed = await Assert.ThrowsAsync<RedisUnreachableException>(() => enqueues[number]);
            Assert.True(failed.IsOutcomeUnknown || !stored.Contains($"{number}"), failed.Message);
        }

        Assert.Contains(enqueues, enqueue => ((RedisUnreachableException)enqueue.Exception!.InnerException!).IsOutcomeUnknown);
    }
}
