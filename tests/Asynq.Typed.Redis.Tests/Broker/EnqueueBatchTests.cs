using System.Threading.Channels;
using Google.Protobuf;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Tasks that are enqueued one by one at the same time: which calls they make, and what their callers hear.</summary>
public sealed class EnqueueBatchTests
{
    private static readonly EnqueueReply Stored = new(EnqueueOutcome.Enqueued, null);

    [Fact]
    public async Task A_lone_task_is_sent_at_once()
    {
        var wire = new Wire();

        var enqueue = wire.Add("a");

        Assert.Equal(["a"], wire.Calls);
        wire.Answer(0, Stored);
        Assert.Equal(EnqueueOutcome.Enqueued, await enqueue);
    }

    [Fact]
    public async Task Tasks_that_come_while_two_calls_are_on_their_way_travel_together_in_their_order()
    {
        var wire = new Wire();
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
        var wire = new Wire();
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
        var wire = new Wire();
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
        var wire = new Wire();
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
        var wire = new Wire();
        var enqueues = wire.AddAll("a b c d");
        wire.Answer(0, Stored);
        await wire.UntilCallsAsync(3);
        var late = wire.Add("e");

        wire.Fail(2, new RedisUnreachableException("gone", outcomeUnknown: true, new TimeoutException()));

        foreach (var enqueue in enqueues[2..])
        {
            Assert.True((await Assert.ThrowsAsync<RedisUnreachableException>(() => enqueue)).IsOutcomeUnknown);
        }

        await wire.UntilCallsAsync(4);
        wire.Answer(1, Stored);
        wire.Answer(3, Stored);
        Assert.All(await Task.WhenAll(enqueues[0], enqueues[1], late), outcome => Assert.Equal(EnqueueOutcome.Enqueued, outcome));
    }

    [Fact]
    public async Task A_task_that_fails_takes_none_of_its_call_with_it()
    {
        var wire = new Wire();
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
        var wire = new Wire();
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
        var wire = new Wire { Obstacle = new RedisUnreachableException("away", outcomeUnknown: false, new TimeoutException()) };

        await Assert.ThrowsAsync<RedisUnreachableException>(() => wire.Add("a"));
        wire.Obstacle = null;
        var enqueue = wire.Add("b");

        await wire.UntilCallsAsync(1);
        Assert.Equal(["b"], wire.Calls);
        wire.Answer(0, Stored);
        Assert.Equal(EnqueueOutcome.Enqueued, await enqueue);
    }

    /// <summary>What is sent, answered by the test.</summary>
    private sealed class Wire
    {
        private readonly List<(string Ids, CancellationToken Token, TaskCompletionSource<EnqueueReply[]> Answer)> _calls = [];
        private readonly Channel<bool> _sent = Channel.CreateUnbounded<bool>();
        private readonly EnqueueBatch _batch;
        private int _awaited;

        internal Wire() => _batch = new EnqueueBatch(
            () => Obstacle is null ? ValueTask.CompletedTask : ValueTask.FromException(Obstacle), Send);

        internal Exception? Obstacle { get; set; }

        internal string[] Calls
        {
            get
            {
                lock (_calls)
                {
                    return [.. _calls.Select(call => call.Ids)];
                }
            }
        }

        internal CancellationToken[] Tokens
        {
            get
            {
                lock (_calls)
                {
                    return [.. _calls.Select(call => call.Token)];
                }
            }
        }

        internal Task<EnqueueOutcome>[] AddAll(string ids) => [.. ids.Split(' ').Select(id => Add(id))];

        internal Task<EnqueueOutcome> Add(string id, CancellationTokenSource? stop = null)
        {
            var message = Message(id);
            message.Payload = ByteString.CopyFrom(new byte[id == "large" ? 1024 * 1024 : 1]);
            return _batch.AddAsync(EnqueueItem.Pending(message), stop?.Token ?? CancellationToken.None);
        }

        internal async Task UntilCallsAsync(int count)
        {
            for (; _awaited < count; _awaited++)
            {
                await _sent.Reader.ReadAsync(Ct);
            }
        }

        internal void Answer(int call, params EnqueueReply[] replies)
        {
            lock (_calls)
            {
                Assert.Equal(_calls[call].Ids.Split(' ').Length, replies.Length);
                _calls[call].Answer.SetResult(replies);
            }
        }

        internal void Fail(int call, Exception exception)
        {
            lock (_calls)
            {
                _calls[call].Answer.SetException(exception);
            }
        }

        private Task<EnqueueReply[]> Send(IReadOnlyList<EnqueueItem> items, CancellationToken ct)
        {
            var answer = new TaskCompletionSource<EnqueueReply[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_calls)
            {
                _calls.Add((string.Join(' ', items.Select(item => item.Message.Id)), ct, answer));
            }

            _sent.Writer.TryWrite(true);
            return answer.Task;
        }
    }
}
