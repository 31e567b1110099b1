using Xunit;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Tasks that are enqueued one by one at the same time: which calls they make, and what their callers hear.</summary>
public sealed class EnqueueBatchTests
{
    private static readonly EnqueueReply Stored = new(EnqueueOutcome.Enqueued, null);

    [Fact]
    public async Task A_lone_task_is_sent_at_once()
    {
        var wire = new BatchWire();

        var enqueue = wire.Add("a");

        Assert.Equal(["a"], wire.Calls);
        wire.Answer(0, Stored);
        Assert.Equal(EnqueueOutcome.Enqueued, await enqueue);
    }

    [Fact]
    public async Task Tasks_that_come_while_two_calls_are_on_their_way_travel_together_in_their_order()
    {
        var wire = new BatchWire();
        var enqueues = wire.AddAll("a b c d e");
        Assert.Equal(["a", "b"], wire.Calls);

        wire.Answer(1, Stored);
        await wire.UntilCallsAsync(3);

        Assert.Equal(["a", "b", "c d e"], wire.Calls);
        wire.Answer(0, new EnqueueReply(EnqueueOutcome.Duplicate, null));
        wire.Answer(2, Stored, new EnqueueReply(EnqueueOutcome.IdConflict, null), Stored);
        Assert.Equal(
            [
                EnqueueOutcome.Duplicate, EnqueueOutcome.Enqueued, EnqueueOutcome.Enqueued, EnqueueOutcome.IdConflict,
                EnqueueOutcome.Enqueued,
            ],
            await Task.WhenAll(enqueues));
    }

    [Fact]
    public async Task Who_gives_up_while_waiting_is_told_at_once_and_the_others_go()
    {
        var wire = new BatchWire();
        using var cancelling = new CancellationTokenSource();
        var first = (wire.Add("a"), wire.Add("b"));
        var (given, kept) = (wire.Add("c", cancelling), wire.Add("d"));

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        wire.Answer(0, Stored);
        await wire.UntilCallsAsync(3);
        Assert.Equal("d", wire.Calls[2]);
        wire.Answer(1, Stored);
        wire.Answer(2, Stored);
        Assert.Equal(EnqueueOutcome.Enqueued, await kept);
        await Task.WhenAll(first.Item1, first.Item2);
    }

    [Fact]
    public async Task Who_gives_up_when_the_task_is_on_its_way_hears_what_became_of_it()
    {
        var wire = new BatchWire();
        using var cancelling = new CancellationTokenSource();
        var first = (wire.Add("a"), wire.Add("b"));
        var (given, kept) = (wire.Add("c", cancelling), wire.Add("d"));
        wire.Answer(0, Stored);
        await wire.UntilCallsAsync(3);

        await cancelling.CancelAsync();

        Assert.False(given.IsCompleted);
        Assert.False(wire.Tokens[2].CanBeCanceled);
        wire.Answer(2, Stored, Stored);
        Assert.Equal([EnqueueOutcome.Enqueued, EnqueueOutcome.Enqueued], await Task.WhenAll(given, kept));
        wire.Answer(1, Stored);
        await Task.WhenAll(first.Item1, first.Item2);
    }

    [Fact]
    public async Task A_lone_task_can_be_given_up_between_the_repeats_of_its_call()
    {
        var wire = new BatchWire();
        using var cancelling = new CancellationTokenSource();

        var enqueue = wire.Add("a", cancelling);
        await cancelling.CancelAsync();
        wire.Fail(0, new OperationCanceledException(wire.Tokens[0]));

        Assert.Equal(cancelling.Token, wire.Tokens[0]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => enqueue);
        Assert.True(enqueue.IsCanceled);
    }

    [Fact]
    public async Task A_call_that_fails_is_told_to_each_of_its_callers_and_to_no_other()
    {
        var wire = new BatchWire();
        var enqueues = wire.AddAll("a b c d");
        wire.Answer(0, Stored);
        await wire.UntilCallsAsync(3);
        var late = wire.Add("e");

        wire.Fail(2, new RedisUnreachableException("gone", outcomeUnknown: true, new TimeoutException()));

        var first = await Assert.ThrowsAsync<RedisUnreachableException>(() => enqueues[2]);
        var second = await Assert.ThrowsAsync<RedisUnreachableException>(() => enqueues[3]);
        Assert.Equal((true, true), (first.IsOutcomeUnknown, second.IsOutcomeUnknown));
        Assert.Equal(("gone", "gone"), (first.Message, second.Message));
        Assert.Same(first, second.InnerException);

        await wire.UntilCallsAsync(4);
        wire.Answer(1, Stored);
        wire.Answer(3, Stored);
        Assert.All(await Task.WhenAll(enqueues[0], enqueues[1], late), outcome => Assert.Equal(EnqueueOutcome.Enqueued, outcome));
    }

    [Fact]
    public async Task A_task_that_fails_takes_none_of_its_call_with_it()
    {
        var wire = new BatchWire();
        var enqueues = wire.AddAll("a b c d");
        wire.Answer(0, Stored);
        await wire.UntilCallsAsync(3);

        wire.Answer(2, new EnqueueReply(EnqueueOutcome.Failed, new InvalidOperationException("poison")), Stored);

        Assert.Equal("poison", (await Assert.ThrowsAsync<InvalidOperationException>(() => enqueues[2])).Message);
        Assert.Equal(EnqueueOutcome.Enqueued, await enqueues[3]);
        wire.Answer(1, Stored);
        await Task.WhenAll(enqueues[0], enqueues[1]);
    }

    [Fact]
    public async Task A_large_task_travels_alone_and_keeps_its_place()
    {
        var wire = new BatchWire();
        var enqueues = wire.AddAll("a b c large d");

        for (var call = 0; call < 5; call++)
        {
            await wire.UntilCallsAsync(call + 1);
            wire.Answer(call, Stored);
        }

        Assert.Equal(["a", "b", "c", "large", "d"], wire.Calls);
        await Task.WhenAll(enqueues);
    }

    [Fact]
    public async Task A_call_that_cannot_be_prepared_fails_and_the_next_is_sent()
    {
        var wire = new BatchWire { Obstacle = new RedisUnreachableException("away", outcomeUnknown: false, new TimeoutException()) };

        await Assert.ThrowsAsync<RedisUnreachableException>(() => wire.Add("a"));
        wire.Obstacle = null;
        var enqueue = wire.Add("b");

        await wire.UntilCallsAsync(1);
        Assert.Equal(["b"], wire.Calls);
        wire.Answer(0, Stored);
        Assert.Equal(EnqueueOutcome.Enqueued, await enqueue);
    }
}
