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
    public async Task A_key_of_the_wrong_type_further_on_is_found_before_anything_is_written(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Database.StringSetAsync(K.Group("g"), "not a sorted set");

        var replies = await scene.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message("a")), EnqueueItem.Grouped(Message("b", group: "g"))], Ct);

        Assert.All(replies, reply => Assert.Equal(EnqueueOutcome.Failed, reply.Outcome));
        Assert.False(await scene.Database.KeyExistsAsync(K.Pending));
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
