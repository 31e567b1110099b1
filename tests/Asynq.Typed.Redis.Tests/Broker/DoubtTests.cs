using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>What an enqueue says whose reply was missed: what Redis noted of it counts, and where it noted nothing, doubt is told.</summary>
public sealed class DoubtTests
{
    [Theory, EachBackend]
    public async Task The_same_task_twice_in_one_call_conflicts_with_itself_though_the_reply_was_missed(Backend backend)
    {
        await using var place = await WarmAsync(backend);
        place.Proxy.CutReplies(1);

        var replies = await place.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message("a")), EnqueueItem.Pending(Message("a"))], Ct);

        Assert.Equal(1, place.Proxy.Cuts);
        Assert.Equal([EnqueueOutcome.Enqueued, EnqueueOutcome.IdConflict], replies.Select(reply => reply.Outcome));
    }

    [Theory, EachBackend]
    public async Task The_same_task_twice_conflicts_with_itself_though_Redis_forgot_the_first_attempt(Backend backend)
    {
        await using var place = await WarmAsync(backend);
        place.Proxy.Cutting = () => place.Scene.Database.Execute("FLUSHDB");
        place.Proxy.CutReplies(1);

        var replies = await place.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message("a")), EnqueueItem.Pending(Message("a"))], Ct);

        Assert.Equal(1, place.Proxy.Cuts);
        Assert.Equal([EnqueueOutcome.Enqueued, EnqueueOutcome.IdConflict], replies.Select(reply => reply.Outcome));
        Assert.Equal(["a"], await place.Scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task A_tick_that_another_scheduler_enqueued_under_the_same_id_stays_its_though_the_reply_was_missed(Backend backend)
    {
        await using var place = await WarmAsync(backend);
        var item = EnqueueItem.Pending(Message("fixed")) with { Tick = K.Tick("digest", 1) };
        await place.Scene.Broker.EnqueueOneAsync(item, Ct);
        place.Proxy.CutReplies(1);

        Assert.Equal(EnqueueOutcome.TickTaken, await place.Broker.EnqueueOneAsync(item, Ct));
        Assert.Equal(1, place.Proxy.Cuts);
    }

    [Theory, EachBackend]
    public async Task Where_Redis_noted_nothing_a_task_that_is_stored_as_ours_is_ours(Backend backend)
    {
        await using var place = await WarmAsync(backend);
        var other = Message("other");
        other.Type = "another";
        await place.Scene.Broker.EnqueueAsync(other, Ct);
        var tick = EnqueueItem.Pending(Message("tick")) with { Tick = K.Tick("digest", 1) };
        place.Proxy.Cutting = () => ForgetCalls(place.Scene);
        place.Proxy.CutReplies(1);

        var replies = await place.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message("a")), EnqueueItem.Pending(Message("other")), tick], Ct);

        Assert.Equal(1, place.Proxy.Cuts);
        Assert.Equal(
            [EnqueueOutcome.Enqueued, EnqueueOutcome.IdConflict, EnqueueOutcome.Enqueued],
            replies.Select(reply => reply.Outcome));
    }

    [Theory, EachBackend]
    public async Task Where_what_is_stored_cannot_be_asked_for_that_task_alone_is_in_doubt(Backend backend)
    {
        await using var place = await WarmAsync(backend);
        await place.Scene.Broker.EnqueueAsync(Message("taken"), Ct);
        place.Proxy.Cutting = () =>
        {
            // The repetition stores what was lost, meets the other task, and has to ask what that is.
            ForgetCalls(place.Scene);
            place.Scene.Database.KeyDelete([K.Task("a"), K.Task("b")]);
            place.Proxy.Command = "HGET";
            place.Proxy.Cutting = static () => { };
            place.Proxy.CutReplies(2);
        };
        place.Proxy.CutReplies(1);

        var replies = await place.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message("a")), EnqueueItem.Pending(Message("taken")), EnqueueItem.Pending(Message("b"))], Ct);

        Assert.Equal(3, place.Proxy.Cuts);
        Assert.Equal(
            [EnqueueOutcome.Enqueued, EnqueueOutcome.Failed, EnqueueOutcome.Enqueued], replies.Select(reply => reply.Outcome));
        var doubt = Assert.IsType<RedisUnreachableException>(replies[1].Error);
        Assert.True(doubt.IsOutcomeUnknown);
        Assert.Contains("'taken'", doubt.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', doubt.Message);
    }

    [Theory, EachBackend]
    public async Task What_is_stored_is_asked_for_again_where_that_reply_was_missed_too(Backend backend)
    {
        await using var place = await WarmAsync(backend);
        place.Proxy.Cutting = () =>
        {
            ForgetCalls(place.Scene);
            place.Proxy.Command = "HGET";
            place.Proxy.Cutting = static () => { };
            place.Proxy.CutReplies(1);
        };
        place.Proxy.CutReplies(1);

        Assert.Equal(EnqueueOutcome.Enqueued, await place.Broker.EnqueueAsync(Message("a"), Ct));
        Assert.Equal(2, place.Proxy.Cuts);
    }

    [Theory, EachBackend]
    public async Task An_enqueue_whose_connection_is_closed_before_it_is_repeated_says_that_it_may_have_been_carried_out(
        Backend backend)
    {
        await using var place = await WarmAsync(backend);
        place.Proxy.Cutting = place.CloseConnection;
        place.Proxy.CutReplies(1);

        var failed = await Assert.ThrowsAsync<RedisUnreachableException>(() => place.Broker.EnqueueAsync(Message("a"), Ct));

        Assert.True(failed.IsOutcomeUnknown);
        Assert.Equal(["a"], await place.Scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task Refused_enqueues_leave_a_bounded_number_of_notes(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueUniqueAsync(Message("a", unique: "u"), TimeSpan.FromHours(1), Ct);
        for (var number = 0; number < 3_000; number++)
        {
            Assert.Equal(
                EnqueueOutcome.Duplicate,
                await scene.Broker.EnqueueUniqueAsync(Message($"{number}", unique: "u"), TimeSpan.FromHours(1), Ct));
        }

        var notes = scene.Multiplexer.GetServers()[0].Keys(scene.Database.Database, "asynq:{*}:x:calls:*").Distinct().Count();
        Assert.InRange(notes, 1_000, 1_025);
    }

    private static async Task<Place> WarmAsync(Backend backend)
    {
        var place = await Place.OpenAsync(backend);
        await place.Broker.EnqueueAsync(Message("warm-up", queue: "other"), Ct);
        return place;
    }

    private static void ForgetCalls(Scene scene) => scene.Database.KeyDelete(
        [.. scene.Multiplexer.GetServers()[0].Keys(scene.Database.Database, "asynq:{q}:x:calls:*")]);
}
