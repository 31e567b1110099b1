using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>A task starts at its due time to the millisecond, never before; one of a Go peer at its score.</summary>
public sealed class DueTests
{
    [Theory, EachBackend]
    public async Task A_due_time_is_stored_as_its_floor_and_exactly(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        await scene.Broker.ScheduleAsync(Message("whole"), Start.AddSeconds(9), Ct);
        await scene.Broker.ScheduleAsync(Message("exact"), Start.AddSeconds(9).AddMilliseconds(1.5), Ct);

        Assert.Equal(Start.AddSeconds(9).ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Scheduled, "whole"));
        Assert.Null(await scene.FieldAsync("whole", "due"));
        Assert.Equal(Start.AddSeconds(9).ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Scheduled, "exact"));
        Assert.Equal($"{Start.AddSeconds(9).ToUnixTimeMilliseconds() + 2}", await scene.FieldAsync("exact", "due"));
    }

    [Theory, EachBackend]
    public async Task The_last_moment_of_the_calendar_is_a_due_time_too(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        await scene.Broker.ScheduleAsync(Message("never"), DateTimeOffset.MaxValue, Ct);

        Assert.Equal(
            DateTimeOffset.MaxValue.ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Scheduled, "never"));
        Assert.Equal(0, (await scene.Broker.ForwardAsync(Queue, Ct)).Moved);
    }

    [Theory, EachBackend]
    public async Task No_task_is_forwarded_before_its_time_and_the_next_time_is_told(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var due = Start.AddSeconds(3).AddMilliseconds(700);
        await scene.Broker.ScheduleAsync(Message("a"), due, Ct);
        await scene.Broker.ScheduleAsync(Message("b"), due.AddMilliseconds(100), Ct);

        // As long as the second has not begun, its start is the time to look again.
        Assert.Equal(new ForwardResult(0, Start.AddSeconds(3)), await scene.Broker.ForwardAsync(Queue, Ct));
        scene.Time.SetUtcNow(due.AddMilliseconds(-1));
        Assert.Equal(new ForwardResult(0, due), await scene.Broker.ForwardAsync(Queue, Ct));
        scene.Time.SetUtcNow(due);
        Assert.Equal(new ForwardResult(1, due.AddMilliseconds(100)), await scene.Broker.ForwardAsync(Queue, Ct));
        Assert.Equal(["a"], await scene.ListAsync(K.Pending));
        scene.Time.SetUtcNow(due.AddMilliseconds(100));
        Assert.Equal(new ForwardResult(1, null), await scene.Broker.ForwardAsync(Queue, Ct));
        Assert.Null(await scene.FieldAsync("a", "due"));
    }

    [Theory, EachBackend]
    public async Task A_time_between_milliseconds_is_not_rounded_down(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var due = Start.AddSeconds(1).AddTicks((999 * TimeSpan.TicksPerMillisecond) + 1);
        await scene.Broker.ScheduleAsync(Message("a"), due, Ct);

        scene.Time.SetUtcNow(due.AddTicks(-1));
        Assert.Equal(0, (await scene.Broker.ForwardAsync(Queue, Ct)).Moved);
        scene.Time.SetUtcNow(Start.AddSeconds(2));
        Assert.Equal(1, (await scene.Broker.ForwardAsync(Queue, Ct)).Moved);
    }

    [Theory, EachBackend]
    public async Task Of_a_Go_peer_the_score_is_the_due_time(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.ScheduleAsync(Message("a"), Start.AddSeconds(2).AddMilliseconds(900), Ct);

        // A peer that moves the task knows no exact time; the stale one must not hold it back.
        await scene.Database.SortedSetAddAsync(K.Scheduled, "a", Start.AddSeconds(1).ToUnixTimeSeconds());
        scene.Time.SetUtcNow(Start.AddSeconds(1));

        Assert.Equal(1, (await scene.Broker.ForwardAsync(Queue, Ct)).Moved);
    }

    [Theory, EachBackend]
    public async Task Many_tasks_of_the_present_second_that_are_not_due_do_not_hide_one_that_is(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueManyAsync(
            [
                .. Enumerable.Range(0, 250).Select(i => EnqueueItem.Scheduled(
                    Message($"late-{i:000}"), Start.AddMilliseconds(900))),
                EnqueueItem.Scheduled(Message("z-due"), Start.AddMilliseconds(400)),
            ],
            Ct);
        scene.Time.SetUtcNow(Start.AddMilliseconds(400));

        Assert.Equal(new ForwardResult(1, Start.AddMilliseconds(900)), await scene.Broker.ForwardAsync(Queue, Ct));

        Assert.Equal(["z-due"], await scene.ListAsync(K.Pending));
    }

    [Theory]
    [InlineData(Backend.Embedded, 50, false)]
    [InlineData(Backend.Redis, 50, false)]
    [InlineData(Backend.Embedded, 99, false)]
    [InlineData(Backend.Redis, 99, false)]
    [InlineData(Backend.Redis, 50, true)]
    public async Task What_others_take_from_the_present_second_meanwhile_hides_no_task_that_is_due(
        Backend backend, int taken, bool delayed)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var late = Enumerable.Range(0, 99).Select(i => $"b-{i:000}").ToArray();
        await scene.Broker.EnqueueManyAsync(
            [
                EnqueueItem.Scheduled(Message("a"), Start.AddMilliseconds(400)),
                .. late.Select(id => EnqueueItem.Scheduled(Message(id), Start.AddMilliseconds(900))),
                .. Enumerable.Range(0, 50).Select(i => EnqueueItem.Scheduled(Message($"c-{i:000}"), Start.AddMilliseconds(400))),
            ],
            Ct);

        // Once the first page is done, which ends with the late ones: another forwarder, whose clock is ahead.
        var time = new InterruptedTime(Start.AddMilliseconds(400), () =>
        {
            if (scene.Database.ListLength(K.Pending) == 0)
            {
                return false;
            }

            scene.Database.SortedSetRemove(K.Scheduled, [.. late.Take(taken).Select(id => (RedisValue)id)]);
            if (delayed)
            {
                scene.Database.SortedSetAdd(K.Scheduled, late[^1], Start.AddSeconds(9).ToUnixTimeSeconds());
            }

            return true;
        });
        var forwarder = new Redis.Broker(RedisConnection.Wrap(scene.Multiplexer), time);

        Assert.Equal(51, (await forwarder.ForwardAsync(Queue, Ct)).Moved);
        Assert.True(time.WasInterrupted);
    }

    [Theory, EachBackend]
    public async Task Very_many_scheduled_tasks_do_not_hold_up_one_that_is_to_be_retried(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var retried = await scene.EnqueueAndFetchAsync(Message("retried"));
        await scene.Broker.RetryAsync(retried, Start.AddSeconds(1), "boom", isFailure: true, Ct);
        await scene.Broker.EnqueueManyAsync(
            [.. Enumerable.Range(0, 350).Select(i => EnqueueItem.Scheduled(Message($"{i:000}"), Start.AddSeconds(1)))], Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(351, (await scene.Broker.ForwardAsync(Queue, Ct)).Moved);

        Assert.Equal(100, (await scene.ListAsync(K.Pending)).Reverse().ToList().IndexOf("retried"));
    }

    [Theory, EachBackend]
    public async Task More_due_tasks_than_a_script_takes_are_all_forwarded_in_order(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var ids = Enumerable.Range(0, 350).Select(i => $"{i:000}").ToArray();
        await scene.Broker.EnqueueManyAsync(
            [.. ids.Select((id, i) => EnqueueItem.Scheduled(Message(id), Start.AddMilliseconds(i * 10)))], Ct);
        scene.Time.SetUtcNow(Start.AddSeconds(10));

        Assert.Equal(350, (await scene.Broker.ForwardAsync(Queue, Ct)).Moved);

        Assert.Equal(ids.Reverse(), await scene.ListAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task A_scheduled_task_of_a_group_joins_it_when_it_is_due(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.ScheduleAsync(Message("a", group: "g"), Start.AddSeconds(5), Ct);
        Assert.Equal("g", await scene.FieldAsync("a", "due_group"));
        Assert.Null(await scene.FieldAsync("a", "group"));
        scene.Time.Advance(TimeSpan.FromSeconds(7));

        await scene.Broker.ForwardAsync(Queue, Ct);

        await AssertInGroupAsync(scene, "a", "g");
    }

    [Theory, EachBackend]
    public async Task A_group_task_that_a_Go_forwarder_made_pending_goes_to_its_group(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.ScheduleAsync(Message("a", group: "g"), Start.AddSeconds(5).AddMilliseconds(1), Ct);
        scene.Time.Advance(TimeSpan.FromSeconds(7));
        await new GoPeer(scene).ForwardAsync("scheduled", scene.Broker.Now);

        var fetched = await scene.Broker.DequeueAsync(Queue, 5, Lease, Ct);

        Assert.Empty(fetched.Tasks);
        await AssertInGroupAsync(scene, "a", "g");
    }

    [Theory, EachBackend]
    public async Task An_id_without_a_hash_is_dropped_when_it_is_due(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.ScheduleAsync(Message("a"), Start, Ct);
        await scene.Database.KeyDeleteAsync(K.Task("a"));

        Assert.Equal(new ForwardResult(0, null), await scene.Broker.ForwardAsync(Queue, Ct));

        Assert.Equal("asynq:queues = q", await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task A_task_key_of_the_wrong_type_is_quarantined_when_it_is_due(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Database.StringSetAsync(K.Task("a"), "not a hash");
        await scene.Database.SortedSetAddAsync(K.Scheduled, "a", Start.ToUnixTimeSeconds());

        await scene.Broker.ForwardAsync(Queue, Ct);

        Assert.Equal(Start.ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Archived, "a"));
        Assert.False(await scene.Database.KeyExistsAsync(K.Pending));
    }

    /// <summary>A clock that stands still, and lets something else happen when it is asked.</summary>
    private sealed class InterruptedTime(DateTimeOffset now, Func<bool> tryInterrupt) : TimeProvider
    {
        internal bool WasInterrupted { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            WasInterrupted = WasInterrupted || tryInterrupt();
            return now;
        }
    }

    private static async Task AssertInGroupAsync(Scene scene, string id, string group)
    {
        Assert.Equal(scene.Broker.Now.ToUnixTimeSeconds(), await scene.Database.SortedSetScoreAsync(K.Group(group), id));
        Assert.True(await scene.Database.SetContainsAsync(K.Groups, group));
        Assert.Equal("aggregating", await scene.FieldAsync(id, "state"));
        Assert.Equal(group, await scene.FieldAsync(id, "group"));
        foreach (RedisValue field in new[] { "due_group", "due", "pending_since" })
        {
            Assert.Null(await scene.FieldAsync(id, field!));
        }

        Assert.False(await scene.Database.KeyExistsAsync(K.Pending));
        Assert.False(await scene.Database.KeyExistsAsync(K.Scheduled));
    }
}
