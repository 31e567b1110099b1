using System.Globalization;
using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>A connection that breaks between the deed and the reply neither loses a task nor doubles it.</summary>
public sealed class LostReplyTests
{
    public static TheoryData<Backend, string> EachEnd { get; } = new(
        from backend in Enum.GetValues<Backend>()
        from end in new[] { "done", "complete", "retry", "archive", "requeue" }
        select (backend, end));

    [Theory, MemberData(nameof(EachEnd))]
    public async Task A_final_write_whose_reply_was_missed_is_finished(Backend backend, string end)
    {
        await using var place = await Place.OpenAsync(backend);
        var scene = place.Scene;
        await scene.Broker.EnqueueAsync(Message("a", retention: 60), Ct);
        var task = Assert.Single((await place.Broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
        place.Proxy.CutReplies(1);

        Assert.Equal(LeaseOutcome.Written, await EndAsync(place.Broker, end, task));

        Assert.Equal(1, place.Proxy.Cuts);
        Assert.False(await scene.Database.KeyExistsAsync(K.Active));
        Assert.Equal(end is "requeue" ? RedisValue.Null : "1", await scene.Database.StringGetAsync(K.Processed));
    }

    [Theory, MemberData(nameof(EachEnd))]
    public async Task A_final_write_that_failed_twice_can_be_tried_again_later(Backend backend, string end)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Scene.Broker.EnqueueAsync(Message("a", retention: 60), Ct);
        var task = Assert.Single((await place.Broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
        place.Proxy.CutReplies(2);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => EndAsync(place.Broker, end, task));

        Assert.True(Redis.Broker.IsBrokenConnection(error), error.ToString());
        Assert.True(task.ReplyMissed);
        Assert.Equal(LeaseOutcome.Written, await EndAsync(place.Broker, end, task));
    }

    [Theory, EachBackend]
    public async Task A_heartbeat_that_finds_the_task_finished_does_not_turn_its_end_into_a_loss(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Scene.Broker.EnqueueAsync(Message("a"), Ct);
        var task = Assert.Single((await place.Broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
        place.Proxy.CutReplies(2);
        await Assert.ThrowsAnyAsync<Exception>(() => place.Broker.DoneAsync(task, Ct));

        Assert.Equal([task], (await place.Broker.ExtendLeaseAsync(Queue, [task], Lease, Ct)).Lost);

        Assert.Equal(LeaseOutcome.Written, await place.Broker.DoneAsync(task, Ct));
    }

    [Theory, EachBackend]
    public async Task A_result_and_a_cancellation_whose_reply_was_missed_are_written(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Scene.Broker.EnqueueAsync(Message("a"), Ct);
        var task = Assert.Single((await place.Broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);

        place.Proxy.CutReplies(1);
        Assert.Equal(LeaseOutcome.Written, await place.Broker.WriteResultAsync(task, "r"u8.ToArray(), Ct));
        place.Proxy.CutReplies(1);
        Assert.True(await place.Broker.CancelAsync(Queue, "a", Ct));

        Assert.Equal(2, place.Proxy.Cuts);
        Assert.Equal("r", await place.Scene.FieldAsync("a", "result"));
    }

    [Theory, EachBackend]
    public async Task A_task_whose_enqueue_reply_was_missed_is_enqueued_once(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Broker.EnqueueAsync(Message("warm-up", queue: "other"), Ct);
        var items = new[]
        {
            EnqueueItem.Pending(Message("pending")),
            EnqueueItem.Pending(Message("unique", unique: "u")) with { LockTtl = TimeSpan.FromHours(1) },
            EnqueueItem.Scheduled(Message("scheduled"), Start.AddHours(1)),
            EnqueueItem.Grouped(Message("grouped", group: "g")),
            EnqueueItem.Pending(Message("tick")) with { Tick = K.Tick("digest", 1) },
        };
        foreach (var item in items)
        {
            place.Proxy.CutReplies(1);
            Assert.Equal(EnqueueOutcome.Enqueued, await place.Broker.EnqueueOneAsync(item, Ct));
        }

        Assert.Equal(items.Length, place.Proxy.Cuts);
        Assert.Equal(["tick", "unique", "pending"], await place.Scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task An_enqueue_whose_repetition_is_not_even_sent_says_that_it_may_have_been_carried_out(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Broker.EnqueueAsync(Message("warm-up"), Ct);
        place.Proxy.Cutting = place.Proxy.Refuse;
        place.Proxy.CutReplies(1);

        var enqueue = place.Broker.EnqueueAsync(Message("a"), Ct);
        while (!enqueue.IsCompleted)
        {
            // What is refused is repeated for 5 s by the scene's clock.
            place.Scene.Time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(20, Ct);
        }

        var failed = await Assert.ThrowsAsync<RedisUnreachableException>(() => enqueue);
        Assert.True(failed.IsOutcomeUnknown);
        Assert.Contains("may or may not have been carried out", failed.Message, StringComparison.Ordinal);
        Assert.Contains("repeated in vain", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failed.Message);
        Assert.Equal(["a", "warm-up"], await place.Scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task A_lease_that_was_not_even_asked_for_does_not_count(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Scene.Broker.EnqueueAsync(Message("a"), Ct);
        var task = Assert.Single((await place.Broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
        var granted = task.LeaseExpiry;
        place.Proxy.Cutting = place.Proxy.Refuse;
        place.Proxy.CutReplies(1);

        var missed = await FailAsync(place, task);
        Assert.True(missed.IsOutcomeUnknown);
        var asked = task.LeaseExpiry;
        Assert.True(asked > granted);

        place.Scene.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.False((await FailAsync(place, task)).IsOutcomeUnknown);
        Assert.Equal(asked, task.LeaseExpiry);
    }

    [Theory, EachBackend]
    public async Task A_task_that_was_finished_before_its_enqueue_was_repeated_is_not_enqueued_again(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Broker.EnqueueAsync(Message("warm-up", queue: "other"), Ct);
        place.Proxy.Cutting = () => FinishAllAsync(place.Scene.Broker).GetAwaiter().GetResult();

        place.Proxy.CutReplies(1);
        Assert.Equal(EnqueueOutcome.Enqueued, await place.Broker.EnqueueAsync(Message("a"), Ct));

        Assert.Equal(1, place.Proxy.Cuts);
        Assert.Empty(await place.Scene.ListAsync(K.Pending));
        Assert.Equal("1", await place.Scene.Database.StringGetAsync(K.Processed));
    }

    [Theory, EachBackend]
    public async Task A_batch_that_was_finished_before_it_was_repeated_keeps_the_outcomes_of_the_first_time(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Scene.Broker.EnqueueAsync(Message("taken"), Ct);
        place.Proxy.Cutting = () => FinishAllAsync(place.Scene.Broker).GetAwaiter().GetResult();
        var taken = Message("taken");
        taken.Type = "another";

        place.Proxy.CutReplies(1);
        var replies = await place.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message("a")), EnqueueItem.Pending(taken), EnqueueItem.Pending(Message("b"))], Ct);

        Assert.Equal(
            [EnqueueOutcome.Enqueued, EnqueueOutcome.IdConflict, EnqueueOutcome.Enqueued],
            replies.Select(reply => reply.Outcome));
        Assert.Empty(await place.Scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task The_marks_by_which_a_repeated_enqueue_is_known_stay_small_and_expire(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        for (var number = 0; number < 1_100; number++)
        {
            await scene.Broker.EnqueueAsync(Message(number.ToString(CultureInfo.InvariantCulture)), Ct);
        }

        var marks = Assert.Single(
            scene.Multiplexer.GetServers()[0].Keys(scene.Database.Database, "asynq:{*}:x:calls:*"));
        Assert.Equal(10 * 1_024, await scene.Database.StringLengthAsync(marks));
        Assert.InRange((await scene.Database.KeyTimeToLiveAsync(marks))!.Value.TotalSeconds, 1, 600);
    }

    [Theory, EachBackend]
    public async Task A_conflict_with_another_task_stays_a_conflict(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Scene.Broker.EnqueueUniqueAsync(Message("a", unique: "u"), TimeSpan.FromHours(1), Ct);
        var other = Message("a");
        other.Type = "another";

        place.Proxy.CutReplies(1);
        Assert.Equal(EnqueueOutcome.IdConflict, await place.Broker.EnqueueAsync(other, Ct));
        place.Proxy.CutReplies(1);
        Assert.Equal(
            EnqueueOutcome.Duplicate,
            await place.Broker.EnqueueUniqueAsync(Message("b", unique: "u"), TimeSpan.FromHours(1), Ct));
        Assert.Equal(2, place.Proxy.Cuts);
    }

    [Theory, EachBackend]
    public async Task A_batch_whose_reply_was_missed_has_honest_outcomes(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        var taken = Message("taken");
        taken.Type = "another";
        await place.Scene.Broker.EnqueueAsync(taken, Ct);
        place.Proxy.CutReplies(1);

        var replies = await place.Broker.EnqueueManyAsync(
            [EnqueueItem.Pending(Message("a")), EnqueueItem.Pending(Message("taken")), EnqueueItem.Pending(Message("b"))], Ct);

        Assert.Equal(1, place.Proxy.Cuts);
        Assert.Equal(
            [EnqueueOutcome.Enqueued, EnqueueOutcome.IdConflict, EnqueueOutcome.Enqueued],
            replies.Select(reply => reply.Outcome));
        Assert.Equal(["b", "a", "taken"], await place.Scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task Tasks_whose_fetch_reply_was_missed_are_fetched_nevertheless(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        foreach (var id in new[] { "a", "b", "c" })
        {
            await place.Scene.Broker.EnqueueAsync(Message(id), Ct);
        }

        place.Proxy.CutReplies(1);
        var fetched = await place.Broker.DequeueAsync(Queue, 2, Lease, Ct);

        Assert.Equal(1, place.Proxy.Cuts);
        Assert.Equal(["a", "b"], fetched.Tasks.Select(task => task.Id).Order());
        Assert.Equal(["c"], await place.Scene.ListAsync(K.Pending));
        Assert.All(
            await place.Broker.DoneAsync(fetched.Tasks, Ct), outcome => Assert.Equal(LeaseOutcome.Written, outcome));
    }

    [Theory, EachBackend]
    public async Task A_caller_who_gives_up_when_the_reply_is_missed_still_gets_what_was_done(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Broker.EnqueueAsync(Message("warm-up", queue: "other"), Ct);
        using var stop = new CancellationTokenSource();
        place.Proxy.Cutting = stop.Cancel;

        place.Proxy.CutReplies(1);
        Assert.Equal(EnqueueOutcome.Enqueued, await place.Broker.EnqueueAsync(Message("a"), stop.Token));

        using var stopAgain = new CancellationTokenSource();
        place.Proxy.Cutting = stopAgain.Cancel;
        place.Proxy.CutReplies(1);
        var fetched = await place.Broker.DequeueAsync(Queue, 1, Lease, stopAgain.Token);

        Assert.Equal(["a"], fetched.Tasks.Select(task => task.Id));
        Assert.Equal(2, place.Proxy.Cuts);
    }

    [Theory, EachBackend]
    public async Task Tasks_whose_fetch_reply_was_missed_are_fetched_from_a_queue_that_is_paused_meanwhile(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Scene.Broker.EnqueueAsync(Message("a"), Ct);
        place.Proxy.Cutting = () => place.Scene.Database.StringSet(K.Paused, "1");
        place.Proxy.CutReplies(1);

        var fetched = await place.Broker.DequeueAsync(Queue, 2, Lease, Ct);

        Assert.Equal(["a"], fetched.Tasks.Select(task => task.Id));
    }

    [Theory, EachBackend]
    public async Task Tasks_whose_fetch_reply_was_missed_twice_are_given_by_the_next_fetch(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        foreach (var id in new[] { "a", "b", "c" })
        {
            await place.Scene.Broker.EnqueueAsync(Message(id), Ct);
        }

        place.Proxy.CutReplies(2);
        await Assert.ThrowsAnyAsync<Exception>(() => place.Broker.DequeueAsync(Queue, 2, Lease, Ct));
        place.Scene.Time.Advance(TimeSpan.FromSeconds(10));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => place.Broker.DequeueAsync(Queue, 1, Lease, cancelled.Token));

        var fetched = await place.Broker.DequeueAsync(Queue, 1, Lease, Ct);
        var next = await place.Broker.DequeueAsync(Queue, 2, Lease, Ct);

        Assert.Equal(["a", "b"], fetched.Tasks.Select(task => task.Id).Order());
        Assert.Equal(["c"], next.Tasks.Select(task => task.Id));
        Assert.All(fetched.Tasks, task => Assert.Equal(Start.AddSeconds(40), task.LeaseExpiry));
        Assert.Equal(Start.AddSeconds(40).ToUnixTimeSeconds(), await place.Scene.Database.SortedSetScoreAsync(K.Lease, "a"));
        Assert.All(
            await place.Broker.DoneAsync(fetched.Tasks, Ct), outcome => Assert.Equal(LeaseOutcome.Written, outcome));
    }

    [Theory, EachBackend]
    public async Task A_task_that_a_Go_worker_took_meanwhile_is_not_given_by_the_next_fetch(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Scene.Broker.EnqueueAsync(Message("a"), Ct);
        place.Proxy.CutReplies(2);
        await Assert.ThrowsAnyAsync<Exception>(() => place.Broker.DequeueAsync(Queue, 1, Lease, Ct));

        // It leaves the field of whom it does not know.
        await place.Scene.Database.SortedSetAddAsync(K.Lease, "a", Start.AddSeconds(90).ToUnixTimeSeconds());
        place.Scene.Time.Advance(TimeSpan.FromSeconds(65));

        Assert.Empty((await place.Broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
        Assert.Equal(Start.AddSeconds(90).ToUnixTimeSeconds(), await place.Scene.Database.SortedSetScoreAsync(K.Lease, "a"));
    }

    [Theory, EachBackend]
    public async Task An_extension_whose_reply_was_missed_costs_no_task(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Scene.Broker.EnqueueAsync(Message("a"), Ct);
        var task = Assert.Single((await place.Broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
        place.Scene.Time.Advance(TimeSpan.FromSeconds(10));
        place.Proxy.CutReplies(1);

        await Assert.ThrowsAnyAsync<Exception>(() => place.Broker.ExtendLeaseAsync(Queue, [task], Lease, Ct));

        Assert.Equal(
            Start.AddSeconds(40).ToUnixTimeSeconds(), await place.Scene.Database.SortedSetScoreAsync(K.Lease, "a"));
        Assert.Empty((await place.Broker.ExtendLeaseAsync(Queue, [task], Lease, Ct)).Lost);
        Assert.Equal(LeaseOutcome.Written, await place.Broker.DoneAsync(task, Ct));
    }

    [Theory, EachBackend]
    public async Task An_aggregation_whose_reply_was_missed_is_done_once(Backend backend)
    {
        await using var place = await Place.OpenAsync(backend);
        await place.Scene.Broker.AddToGroupAsync(Message("a", group: "g"), Ct);
        var setId = await place.Scene.Broker.AggregationCheckAsync(Queue, "g", TimeSpan.FromMinutes(1), default, 1, Ct);
        place.Proxy.CutReplies(1);

        Assert.Equal(
            AggregateOutcome.Aggregated,
            await place.Broker.AggregateAsync(Queue, "g", setId!, EnqueueItem.Pending(Message("batch")), Ct));

        Assert.Equal(1, place.Proxy.Cuts);
        Assert.Equal(["batch"], await place.Scene.ListAsync(K.Pending));
    }

    /// <summary>The failure of asking for a lease from now on.</summary>
    private static async Task<RedisUnreachableException> FailAsync(Place place, LeasedTask task)
    {
        place.Scene.Time.Advance(TimeSpan.FromSeconds(1));
        var extend = place.Broker.ExtendLeaseAsync(Queue, [task], Lease, Ct);
        while (!extend.IsCompleted)
        {
            place.Scene.Time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(20, Ct);
        }

        return await Assert.ThrowsAsync<RedisUnreachableException>(() => extend);
    }

    private static async Task FinishAllAsync(Redis.Broker broker)
    {
        foreach (var task in (await broker.DequeueAsync(Queue, 100, Lease, Ct)).Tasks)
        {
            Assert.Equal(LeaseOutcome.Written, await broker.DoneAsync(task, Ct));
        }
    }

    private static Task<LeaseOutcome> EndAsync(Redis.Broker broker, string end, LeasedTask task) => end switch
    {
        "done" => broker.DoneAsync(task, Ct),
        "complete" => broker.CompleteAsync(task, Ct),
        "retry" => broker.RetryAsync(task, broker.Now, "e", true, Ct),
        "archive" => broker.ArchiveAsync(task, "e", Ct),
        _ => broker.RequeueAsync(task, Ct),
    };
}
