using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Many tasks at once, of any kind, each with an honest outcome.</summary>
public sealed class BatchTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory, EachBackend]
    public async Task Kinds_and_queues_mix_and_replies_keep_the_order(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("taken"), Ct);

        var replies = await scene.Broker.EnqueueManyAsync(
            [
                EnqueueItem.Pending(Message("a")),
                EnqueueItem.Scheduled(Message("b", queue: "other"), Start.AddSeconds(9)),
                EnqueueItem.Pending(Message("taken")),
                EnqueueItem.Pending(Message("u1", unique: "u")) with { LockTtl = Hour },
                EnqueueItem.Grouped(Message("u2", unique: "u", group: "g")) with { LockTtl = Hour },
                EnqueueItem.Grouped(Message("c", group: "g")),
                EnqueueItem.Pending(Message("a")),
            ],
            Ct);

        Assert.Equal(
            [
                EnqueueOutcome.Enqueued, EnqueueOutcome.Enqueued, EnqueueOutcome.IdConflict, EnqueueOutcome.Enqueued,
                EnqueueOutcome.Duplicate, EnqueueOutcome.Enqueued, EnqueueOutcome.IdConflict,
            ],
            replies.Select(reply => reply.Outcome));
        Assert.Equal(["u1", "a", "taken"], await scene.ListAsync(K.Pending));
        Assert.False(await scene.Database.KeyExistsAsync(K.Task("u2")));
    }

    [Theory, EachBackend]
    public async Task A_queue_that_fails_takes_no_other_with_it(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Database.StringSetAsync(Keys.Of("broken").Pending, "not a list");

        var replies = await scene.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message("a", queue: "broken")), EnqueueItem.Pending(Message("b"))], Ct);

        Assert.Equal(EnqueueOutcome.Failed, replies[0].Outcome);
        Assert.Contains("'asynq:{broken}:pending'", replies[0].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(new EnqueueReply(EnqueueOutcome.Enqueued, null), replies[1]);
        Assert.False(await scene.Database.KeyExistsAsync(Keys.Of("broken").Task("a")));
    }

    [Theory, EachBackend]
    public async Task A_task_that_needs_a_key_of_the_wrong_type_fails_alone_and_leaves_nothing(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var hour = EnqueueItem.Pending(Message("lock", unique: "u")) with { LockTtl = Hour };
        EnqueueItem[] poison =
        [
            hour,
            EnqueueItem.Grouped(Message("group", group: "g")),
            EnqueueItem.Pending(Message("tick")) with { Tick = K.Tick("t", 1) },
            EnqueueItem.Pending(Message("last")) with { Tick = K.Tick("l", 1) },
            EnqueueItem.Scheduled(Message("scheduled"), Start.AddHours(1)),
            EnqueueItem.Grouped(Message("groups", group: "h")),
        ];
        string[] keys =
        [
            hour.Message.UniqueKey, K.Group("g").ToString(), K.Tick("t", 1), K.LastTick("l").ToString(), K.Scheduled.ToString(),
            K.Groups.ToString(),
        ];
        foreach (var key in keys)
        {
            await scene.Database.HashSetAsync(key, "of another", "type");
        }

        var before = await scene.DumpAsync();
        var refused = await scene.Broker.EnqueueManyAsync(poison, Ct);
        Assert.Equal($"{Keys.Queues} = {Queue}\n{before}".Split('\n').Order(), (await scene.DumpAsync()).Split('\n').Order());
        var replies = await scene.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message("a")), .. poison, EnqueueItem.Pending(Message("b", unique: "v")) with { LockTtl = Hour }], Ct);

        Assert.Equal(refused.Select(reply => reply.Error!.Message), replies.Skip(1).SkipLast(1).Select(reply => reply.Error!.Message));
        Assert.All(refused.Zip(keys), pair =>
        {
            Assert.Equal(EnqueueOutcome.Failed, pair.First.Outcome);
            Assert.Contains($"'{pair.Second}'", Assert.IsType<InvalidOperationException>(pair.First.Error).Message, StringComparison.Ordinal);
        });
        Assert.Equal((EnqueueOutcome.Enqueued, EnqueueOutcome.Enqueued), (replies[0].Outcome, replies[^1].Outcome));
        Assert.Equal(["b", "a"], await scene.ListAsync(K.Pending));
        var alone = await Assert.ThrowsAsync<InvalidOperationException>(() => scene.Broker.EnqueueOneAsync(poison[1], Ct));
        Assert.Equal(refused[1].Error!.Message, alone.Message);
    }

    [Theory, EachBackend]
    public async Task A_call_waits_for_the_one_before_it_in_its_order_and_no_longer(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("before"), Ct);
        var order = new EnqueueOrder();
        var before = new TaskCompletionSource();
        order.Add(Queue, new CallMark("00000000ff", 0xff * 10, false), before.Task);

        var replies = scene.Broker.EnqueueManyAsync([EnqueueItem.Pending(Message("a"))], Ct, order);

        // The call went by the same connection: it is answered by now.
        await scene.Broker.PingAsync(Ct);
        Assert.False(replies.IsCompleted);
        Assert.Equal(["before"], await scene.ListAsync(K.Pending));
        before.SetException(new InvalidDataException());

        Assert.Equal(EnqueueOutcome.Enqueued, Assert.Single(await replies).Outcome);
        Assert.Equal(["a", "before"], await scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task One_invalid_task_refuses_the_batch_before_anything_is_sent(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message("a")), EnqueueItem.Pending(Message(""))], Ct));

        Assert.Equal("", await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task A_batch_longer_than_a_script_takes_is_stored_whole_and_in_order(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var ids = Enumerable.Range(0, 12_000).Select(i => $"{i:00000}").ToArray();

        var replies = await scene.Broker.EnqueueManyAsync([.. ids.Select(id => EnqueueItem.Pending(Message(id)))], Ct);

        Assert.All(replies, reply => Assert.Equal(EnqueueOutcome.Enqueued, reply.Outcome));
        Assert.Equal(ids.Reverse(), await scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task An_empty_batch_does_nothing(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        Assert.Empty(await scene.Broker.EnqueueManyAsync([], Ct));
        Assert.Empty(await scene.Broker.FinishAsync([], Ct));
        Assert.Empty((await scene.Broker.ExtendLeaseAsync(Queue, [], Lease, Ct)).Lost);
    }
}
