using Asynq.Typed.Testing;
using Google.Protobuf;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

#pragma warning disable ASQ3001, ASQ3005 // What is refused at run time is given here on purpose

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>What adding a task stores, refuses and leaves.</summary>
public sealed class EnqueueTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory, EachBackend]
    public async Task A_refused_task_leaves_no_lock(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);
        var before = await scene.DumpAsync();

        Assert.Equal(EnqueueOutcome.IdConflict, await scene.Broker.EnqueueUniqueAsync(Message("a", unique: "u"), Hour, Ct));
        Assert.Equal(
            EnqueueOutcome.IdConflict,
            await scene.Broker.ScheduleUniqueAsync(Message("a", unique: "u"), Start.AddHours(1), Hour, Ct));
        Assert.Equal(
            EnqueueOutcome.IdConflict,
            await scene.Broker.AddToGroupUniqueAsync(Message("a", unique: "u", group: "g"), Hour, Ct));

        Assert.Equal(before, await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task A_lock_keeps_a_second_task_out_until_the_first_is_done(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        Assert.Equal(EnqueueOutcome.Enqueued, await scene.Broker.EnqueueUniqueAsync(Message("a", unique: "u"), Hour, Ct));
        Assert.Equal(EnqueueOutcome.Duplicate, await scene.Broker.EnqueueUniqueAsync(Message("b", unique: "u"), Hour, Ct));

        // Retry and archive keep it.
        var task = await scene.FetchAsync();
        await scene.Broker.RetryAsync(task, Start, "e", true, Ct);
        Assert.Equal(EnqueueOutcome.Duplicate, await scene.Broker.EnqueueUniqueAsync(Message("b", unique: "u"), Hour, Ct));
        await scene.Broker.ForwardAsync(Queue, Ct);
        await scene.Broker.DoneAsync(await scene.FetchAsync(), Ct);
        Assert.Equal(EnqueueOutcome.Enqueued, await scene.Broker.EnqueueUniqueAsync(Message("b", unique: "u"), Hour, Ct));
        await scene.Broker.CompleteAsync(await scene.FetchAsync(), Ct);
        Assert.Equal(EnqueueOutcome.Enqueued, await scene.Broker.EnqueueUniqueAsync(Message("c", unique: "u"), Hour, Ct));
    }

    [Theory, EachBackend]
    public async Task A_lock_that_has_passed_to_another_task_is_not_released(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueUniqueAsync(Message("a", unique: "u"), Hour, Ct);
        var task = await scene.FetchAsync();
        await scene.Database.StringSetAsync(task.Message.UniqueKey, "b");

        await scene.Broker.DoneAsync(task, Ct);

        Assert.Equal("b", await scene.Database.StringGetAsync(task.Message.UniqueKey));
    }

    [Theory, EachBackend]
    public async Task The_lock_of_a_scheduled_task_lasts_until_it_is_due_and_its_time_beyond(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        await scene.Broker.ScheduleUniqueAsync(Message("a", unique: "u"), Start.AddHours(2), Hour, Ct);

        var left = await scene.Database.KeyTimeToLiveAsync(Message("a", unique: "u").UniqueKey);
        Assert.InRange(left!.Value, TimeSpan.FromMinutes(179), TimeSpan.FromMinutes(180));
    }

    [Theory, EachBackend]
    public async Task A_grouped_tasks_lock_can_be_released(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);

        await scene.Broker.AddToGroupUniqueAsync(Message("a", unique: "u", group: "g"), Hour, Ct);

        Assert.Equal(Message("a", unique: "u").UniqueKey, await scene.FieldAsync("a", "unique_key"));
    }

    [Theory, EachBackend]
    public async Task A_removed_queue_that_is_used_again_becomes_visible_within_minutes(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);
        await scene.Database.KeyDeleteAsync(Keys.Queues);

        await scene.Broker.EnqueueAsync(Message("b"), Ct);
        Assert.False(await scene.Database.KeyExistsAsync(Keys.Queues));
        scene.Time.Advance(TimeSpan.FromMinutes(5));
        await scene.Broker.EnqueueAsync(Message("c"), Ct);

        Assert.True(await scene.Database.SetContainsAsync(Keys.Queues, Queue));
    }

    [Theory, EachBackend]
    public async Task A_queue_whose_name_cannot_be_published_again_still_takes_tasks_and_is_published_later(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("first"), Ct);
        await scene.Database.StringSetAsync(Keys.Queues, "no set", when: When.Always);
        scene.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(EnqueueOutcome.Enqueued, await scene.Broker.EnqueueAsync(Message("a"), Ct));
        var many = await scene.Broker.EnqueueManyAsync([EnqueueItem.Pending(Message("b"))], Ct);
        Assert.Equal(EnqueueOutcome.Enqueued, Assert.Single(many).Outcome);

        await scene.Database.KeyDeleteAsync(Keys.Queues);
        for (var number = 0; !await scene.Database.SetContainsAsync(Keys.Queues, Queue); number++)
        {
            await scene.Broker.EnqueueAsync(Message($"later {number}"), Ct);
        }
    }

    [Theory, EachBackend]
    public async Task A_queue_that_cannot_be_published_at_first_takes_no_tasks(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Database.StringSetAsync(Keys.Queues, "no set");

        await Assert.ThrowsAsync<RedisServerException>(() => scene.Broker.EnqueueAsync(Message("a"), Ct));

        Assert.False(await scene.Database.KeyExistsAsync(K.Pending));
    }

    [Theory, EachBackend]
    public async Task Tasks_that_are_enqueued_at_once_keep_their_order_and_take_few_calls(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("first"), Ct);
        await scene.Database.StringSetAsync(K.Group("bad"), "no sorted set");
        string[] ids = [.. Enumerable.Range(0, 2_000).Select(number => $"{number}")];

        var enqueues = ids.Select(id => scene.Broker.EnqueueAsync(Message(id), Ct)).ToArray();
        var again = scene.Broker.EnqueueAsync(Message("0"), Ct);
        var poison = scene.Broker.AddToGroupAsync(Message("poison", group: "bad"), Ct);
        var last = scene.Broker.EnqueueAsync(Message("last"), Ct);

        Assert.All(await Task.WhenAll(enqueues), outcome => Assert.Equal(EnqueueOutcome.Enqueued, outcome));
        Assert.Equal(EnqueueOutcome.IdConflict, await again);
        await Assert.ThrowsAsync<InvalidOperationException>(() => poison);
        Assert.Equal(EnqueueOutcome.Enqueued, await last);
        Assert.Equal(["first", .. ids, "last"], (await scene.ListAsync(K.Pending)).Reverse());

        // Each call leaves its mark of ten bytes in the place of its number. (What calls refused stands in keys of their own.)
        var marks = scene.Multiplexer.GetServers()[0].Keys(scene.Database.Database, "asynq:{*}:x:calls:*")
            .MinBy(key => key.ToString().Length);
        Assert.InRange(await scene.Database.StringLengthAsync(marks), 20, 10 * 1_000);
    }

    [Fact]
    public async Task A_task_that_Redis_would_break_the_connection_for_is_refused_before_it_is_sent()
    {
        await using var scene = await Scene.OpenAsync(Backend.Redis);
        var large = Message("large");
        large.Payload = UnsafeByteOperations.UnsafeWrap(new byte[512 * 1024 * 1024]);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => scene.Broker.EnqueueAsync(large, Ct));

        Assert.StartsWith("Task 'large' takes 536", refused.Message, StringComparison.Ordinal);
        Assert.Equal("", await scene.DumpAsync());
    }

    [Theory, EachBackend]
    public async Task A_tick_is_enqueued_once_and_its_mark_lasts_a_day(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var tick = K.Tick("digest", Start.ToUnixTimeSeconds());

        Assert.Equal(EnqueueOutcome.Enqueued, await EnqueueTickAsync("a"));
        await scene.Broker.DoneAsync(await scene.FetchAsync(), Ct);
        Assert.Equal(EnqueueOutcome.TickTaken, await EnqueueTickAsync("b"));
        Assert.Equal(EnqueueOutcome.TickTaken, await EnqueueTickAsync("a"));

        Assert.False(await scene.Database.KeyExistsAsync(K.Pending));
        Assert.InRange(
            (await scene.Database.KeyTimeToLiveAsync(tick))!.Value, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24));

        Task<EnqueueOutcome> EnqueueTickAsync(string id) =>
            scene.Broker.EnqueueOneAsync(EnqueueItem.Pending(Message(id)) with { Tick = tick }, Ct);
    }

    [Theory, EachBackend]
    public async Task A_tick_whose_id_is_taken_is_dealt_with(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var tick = K.Tick("digest", Start.ToUnixTimeSeconds());
        await scene.Broker.EnqueueAsync(Message("a"), Ct);

        Assert.Equal(EnqueueOutcome.IdConflict, await EnqueueTickAsync());
        await scene.Broker.DoneAsync(await scene.FetchAsync(), Ct);

        Assert.Equal(EnqueueOutcome.TickTaken, await EnqueueTickAsync());
        Assert.False(await scene.Database.KeyExistsAsync(K.Pending));

        Task<EnqueueOutcome> EnqueueTickAsync() =>
            scene.Broker.EnqueueOneAsync(EnqueueItem.Pending(Message("a")) with { Tick = tick }, Ct);
    }

    [Theory, EachBackend]
    public async Task A_tick_whose_lock_is_held_is_dealt_with(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var tick = K.Tick("digest", Start.ToUnixTimeSeconds());
        await scene.Broker.EnqueueUniqueAsync(Unique("holder"), TimeSpan.FromHours(1), Ct);

        Assert.Equal(EnqueueOutcome.Duplicate, await EnqueueTickAsync("a"));
        await scene.Broker.DoneAsync(await scene.FetchAsync(), Ct);

        Assert.Equal(EnqueueOutcome.TickTaken, await EnqueueTickAsync("a"));
        Assert.Equal(EnqueueOutcome.TickTaken, await EnqueueTickAsync("b"));
        Assert.Equal(Start.ToUnixTimeSeconds(), (await scene.Broker.FindLastTickAsync(Queue, "digest", Ct))?.ToUnixTimeSeconds());
        Assert.InRange(
            (await scene.Database.KeyTimeToLiveAsync(tick))!.Value, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24));

        Task<EnqueueOutcome> EnqueueTickAsync(string id) => scene.Broker.EnqueueOneAsync(
            EnqueueItem.Pending(Unique(id)) with { LockTtl = TimeSpan.FromHours(1), Tick = tick }, Ct);

        static TaskMessage Unique(string id)
        {
            var message = Message(id);
            message.UniqueKey = K.Unique(message.Type, [1]);
            return message;
        }
    }

    [Theory, EachBackend]
    public async Task Scripts_that_the_server_forgot_are_sent_again(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.EnqueueAsync(Message("a"), Ct);
        await scene.Database.ExecuteAsync("SCRIPT", "FLUSH");

        Assert.Equal(EnqueueOutcome.Enqueued, await scene.Broker.EnqueueAsync(Message("b"), Ct));
        Assert.Equal("a", (await scene.FetchAsync()).Id);
    }

    [Theory, EachBackend]
    public async Task A_message_with_unknown_fields_keeps_them_through_its_life(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        byte[] unknown = [0xFA, 0x3E, 0x03, (byte)'n', (byte)'e', (byte)'w']; // field 1007, a string
        var message = TaskMessage.Parser.ParseFrom([.. Message("a").ToByteArray(), .. unknown]);
        var task = await scene.EnqueueAndFetchAsync(message);

        await scene.Broker.RetryAsync(task, Start, "e", true, Ct);

        Assert.Equal(unknown, (await scene.StoredAsync("a")).ToByteArray()[^unknown.Length..]);
    }

    [Theory, EachBackend]
    public async Task Payloads_from_nothing_to_64_MiB_come_back_whole(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var size in new[] { 0, 1, 64 * 1024 * 1024 })
        {
            var payload = new byte[size];
            new Random(size).NextBytes(payload);
            var message = Message($"{size}");
            message.Payload = ByteString.CopyFrom(payload);

            var task = await scene.EnqueueAndFetchAsync(message);

            Assert.True(task.Message.Payload.Span.SequenceEqual(payload));
            await scene.Broker.DoneAsync(task, Ct);
        }
    }

    [Fact]
    public void A_null_payload_and_an_empty_one_have_different_locks()
    {
        Assert.Equal("asynq:{q}:unique:t:", K.Unique("t", null));
        Assert.Equal("asynq:{q}:unique:t:d41d8cd98f00b204e9800998ecf8427e", K.Unique("t", []));
    }

    [Theory, EachBackend]
    public async Task An_error_text_that_is_not_valid_UTF16_is_stored_nevertheless(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var task = await scene.EnqueueAndFetchAsync(Message("a"));

        Assert.Equal(LeaseOutcome.Written, await scene.Broker.ArchiveAsync(task, "half \uD83D of a pair", Ct));

        Assert.Equal("half \uFFFD of a pair", (await scene.StoredAsync("a")).ErrorMsg);
    }

    [Fact]
    public async Task Bad_input_is_refused_by_name_and_nothing_is_sent()
    {
        await using var scene = await Scene.OpenAsync(Backend.Embedded);
        var cases = new (string Text, Func<Task> Call)[]
        {
            ("Queue name ' ' is blank", () => scene.Broker.EnqueueAsync(Message("a", queue: " "), Ct)),
            ("Queue name 'a{b' contains a brace", () => scene.Broker.EnqueueAsync(Message("a", queue: "a{b"), Ct)),
            ("Queue name is not valid UTF-16", () => scene.Broker.EnqueueAsync(Message("a", queue: "\uD800"), Ct)),
            ("Task id is blank", () => scene.Broker.EnqueueAsync(Message(" "), Ct)),
            ("Task id is not valid UTF-16", () => scene.Broker.EnqueueAsync(Message("x\uDC00"), Ct)),
            ("Type of task 'a' is blank", () => scene.Broker.EnqueueAsync(With(message => message.Type = ""), Ct)),
            ("Type of task 'a' is not valid", () => scene.Broker.EnqueueAsync(With(message => message.Type = "\uDC00"), Ct)),
            ("Group of task 'a' is blank", () => scene.Broker.AddToGroupAsync(Message("a"), Ct)),
            ("Group of task 'a' is blank", () => scene.Broker.ScheduleAsync(Message("a", group: " "), Start, Ct)),
            ("Group of task 'a' is not valid", () => scene.Broker.AddToGroupAsync(Message("a", group: "\uD800g"), Ct)),
            ("Header 'h' of task 'a' is not valid",
                () => scene.Broker.EnqueueAsync(With(message => message.Headers["h"] = "\uD800"), Ct)),
            ("Unique TTL 00:00:00.9990000 of task 'a' is too short",
                () => scene.Broker.EnqueueUniqueAsync(Message("a", unique: "u"), TimeSpan.FromMilliseconds(999), Ct)),
            ("Unique TTL 00:00:00 of task 'a' is too short",
                () => scene.Broker.ScheduleUniqueAsync(Message("a", unique: "u"), Start.AddHours(1), TimeSpan.Zero, Ct)),
            ("Unique key '' of task 'a' is no lock of queue 'q'", () => scene.Broker.EnqueueUniqueAsync(Message("a"), Hour, Ct)),
            ("Queue name '' is blank", () => scene.Broker.DequeueAsync("", 1, Lease, Ct)),
            ("Group is blank", () => scene.Broker.AggregationCheckAsync(Queue, "", Hour, default, 0, Ct)),
            ("Task id is blank", () => scene.Broker.CancelAsync(Queue, " ", Ct)),
            ("Task id is blank", () => scene.Broker.PublishCancellationAsync("", Ct)),
        };

        foreach (var (text, call) in cases)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(call);
            Assert.StartsWith(text, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }

        Assert.Equal("", await scene.DumpAsync());

        static TaskMessage With(Action<TaskMessage> change)
        {
            var message = Message("a");
            change(message);
            return message;
        }
    }

    [Theory, EachBackend]
    public async Task Odd_but_valid_names_work(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        foreach (var name in new[] { "läuft 🚀", "a:b:c", "a\nb", "*?[x]", "%s", "1" })
        {
            var task = await scene.EnqueueAndFetchAsync(Message(name, queue: name, unique: name));

            Assert.Equal(name, task.Id);
            Assert.Equal(LeaseOutcome.Written, await scene.Broker.DoneAsync(task, Ct));
        }
    }

    [Theory, EachBackend]
    public async Task Counters_restart_behind_the_largest_number_and_a_broken_one_stops_nothing(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Database.StringSetAsync(K.Processed, long.MaxValue);
        await scene.Database.StringSetAsync(K.Failed, "no number");
        await scene.Database.ListLeftPushAsync(K.FailedOn(Start), "no number");
        var task = await scene.EnqueueAndFetchAsync(Message("a"));

        Assert.Equal(LeaseOutcome.Written, await scene.Broker.RetryAsync(task, Start, "e", true, Ct));

        Assert.Equal("1", await scene.Database.StringGetAsync(K.Processed));
        Assert.Equal("no number", await scene.Database.StringGetAsync(K.Failed));
        Assert.Equal(1, await scene.Database.SortedSetLengthAsync(K.Retry));
    }
}
