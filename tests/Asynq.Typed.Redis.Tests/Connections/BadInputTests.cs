using Asynq.Typed.Testing;
using Google.Protobuf;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>What no caller should send, and what few do.</summary>
public sealed class BadInputTests
{
    private const string Lone = "a\uD800b";

    private static readonly Dictionary<string, Action<TaskMessage>> BadParts = new()
    {
        ["Task id is blank"] = message => message.Id = " ",
        ["Task id is not valid UTF-16"] = message => message.Id = Lone,
        ["Type of task 'a' is blank"] = message => message.Type = "",
        ["Type of task 'a' is not valid UTF-16"] = message => message.Type = Lone,
        ["Group of task 'a' is blank"] = message => message.GroupKey = " ",
        ["Group of task 'a' is not valid UTF-16"] = message => message.GroupKey = Lone,
        ["Unique key of task 'a' is not valid UTF-16"] = message => message.UniqueKey = Lone,
        ["Header name of task 'a' is not valid UTF-16"] = message => message.Headers[Lone] = "x",
        ["Header 'h' of task 'a' is not valid UTF-16"] = message => message.Headers["h"] = Lone,
    };

    public static TheoryData<string, string> BadQueues => new()
    {
        { "", "is blank" }, { " \t", "is blank" }, { "a{b", "contains a brace" }, { "a}b", "contains a brace" },
        { "{a}", "contains a brace" }, { Lone, "is not valid UTF-16" },
    };

    [Theory, MemberData(nameof(BadQueues), DisableDiscoveryEnumeration = true)]
    public async Task A_bad_queue_is_refused_by_every_call_that_takes_one(string queue, string fault)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Ct);
        var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);
        var message = Message("a");
        message.Queue = "x";
        var task = new LeasedTask(new TaskMessage(message) { Queue = queue.Replace(Lone, "{", StringComparison.Ordinal) }, "", DateTimeOffset.UtcNow);

        foreach (var call in new Func<Task>[]
        {
            () => broker.EnqueueAsync(With(message, queue), Ct),
            () => broker.DequeueAsync(queue, 1, Lease, Ct),
            () => broker.ForwardAsync(queue, Ct),
            () => broker.CancelAsync(queue, "a", Ct),
            () => broker.ExtendLeaseAsync(queue, [], Lease, Ct),
            () => broker.SubscribeWakeAsync([queue], _ => { }, Ct),
            () => broker.RecoverAsync(queue, DateTimeOffset.UtcNow, _ => TimeSpan.Zero, Ct),
        })
        {
            var exception = await Assert.ThrowsAnyAsync<ArgumentException>(call);
            Assert.Contains(fault, exception.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(() => broker.DoneAsync(task, Ct));
        Assert.Empty(await KeysAsync(database));
    }

    public static TheoryData<string> BadPartFaults => [.. BadParts.Keys];

    [Theory, MemberData(nameof(BadPartFaults))]
    public async Task A_bad_message_is_refused_before_anything_is_sent(string fault)
    {
        var message = Message("a");
        BadParts[fault](message);
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Ct);
        var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);

        var one = await Assert.ThrowsAsync<ArgumentException>(() => broker.EnqueueAsync(message, Ct));
        var many = await Assert.ThrowsAsync<ArgumentException>(
            () => broker.EnqueueManyAsync([EnqueueItem.Pending(Message("b")), EnqueueItem.Pending(message)], Ct));

        Assert.StartsWith(fault, one.Message, StringComparison.Ordinal);
        Assert.StartsWith(fault, many.Message, StringComparison.Ordinal);
        Assert.Empty(await KeysAsync(database));
    }

    [Fact]
    public async Task A_group_must_be_named_to_be_joined()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Ct);
        var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);

        await Assert.ThrowsAsync<ArgumentException>(() => broker.AddToGroupAsync(Message("a"), Ct));

        Assert.Empty(await KeysAsync(database));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(999)]
    public async Task A_unique_TTL_under_a_second_is_refused(int milliseconds)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Ct);
        var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);
        var ttl = TimeSpan.FromMilliseconds(milliseconds);
        var message = Message("a", group: "g", unique: "u");

        foreach (var call in new Func<Task>[]
        {
            () => broker.EnqueueUniqueAsync(message, ttl, Ct),
            () => broker.ScheduleUniqueAsync(message, DateTimeOffset.UtcNow.AddHours(1), ttl, Ct),
            () => broker.AddToGroupUniqueAsync(message, ttl, Ct),
        })
        {
            var exception = await Assert.ThrowsAsync<ArgumentException>(call);
            Assert.Contains("must be at least 1 second", exception.Message, StringComparison.Ordinal);
        }

        Assert.Empty(await KeysAsync(database));
    }

    [Fact]
    public void A_null_payload_and_an_empty_one_have_different_locks()
    {
        Assert.Equal("asynq:{q}:unique:t:", K.Unique("t", null));
        Assert.Equal("asynq:{q}:unique:t:d41d8cd98f00b204e9800998ecf8427e", K.Unique("t", []));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64 * 1024 * 1024)]
    public async Task A_payload_of_any_size_arrives_as_it_was_sent(int size)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Ct);
        var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);
        var payload = new byte[size];
        new Random(7).NextBytes(payload);
        var message = new TaskMessage(Message("a")) { Payload = ByteString.CopyFrom(payload) };

        Assert.Equal(EnqueueOutcome.Enqueued, await broker.EnqueueAsync(message, Ct));
        var task = Assert.Single((await broker.DequeueAsync(Queue, 10, Lease, Ct)).Tasks);
        Assert.Equal(LeaseOutcome.Written, await broker.RetryAsync(task, DateTimeOffset.UtcNow.AddSeconds(-1), "boom", isFailure: true, Ct));
        Assert.Equal(1, (await broker.ForwardAsync(Queue, Ct)).Moved);
        var again = Assert.Single((await broker.DequeueAsync(Queue, 10, Lease, Ct)).Tasks);

        Assert.True(again.Message.Payload.Span.SequenceEqual(payload));
        Assert.Equal(LeaseOutcome.Written, await broker.DoneAsync(again, Ct));
    }

    [Fact]
    public async Task Fields_that_a_newer_peer_wrote_are_kept_through_a_retry()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Ct);
        var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);
        await broker.EnqueueAsync(Message("a"), Ct);

        // Field 99, a string: tag (99 << 3 | 2) as a varint, length, text.
        byte[] unknown = [0x9A, 0x06, 0x03, (byte)'n', (byte)'e', (byte)'w'];
        var stored = (byte[])(await database.Database.HashGetAsync(K.Task("a"), "msg"))!;
        await database.Database.HashSetAsync(K.Task("a"), "msg", (byte[])[.. stored, .. unknown]);

        var task = Assert.Single((await broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);
        await broker.RetryAsync(task, DateTimeOffset.UtcNow.AddHours(1), "boom", isFailure: true, Ct);
        var after = (byte[])(await database.Database.HashGetAsync(K.Task("a"), "msg"))!;

        Assert.Equal(unknown, after[^unknown.Length..]);
        Assert.Equal(1, TaskMessage.Parser.ParseFrom(after).Retried);
    }

    [Fact]
    public async Task An_error_text_that_cannot_be_written_is_stored_with_replacements()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Ct);
        var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);
        await broker.EnqueueAsync(Message("a"), Ct);
        var task = Assert.Single((await broker.DequeueAsync(Queue, 1, Lease, Ct)).Tasks);

        Assert.Equal(LeaseOutcome.Written, await broker.ArchiveAsync(task, Lone, Ct));

        var after = (byte[])(await database.Database.HashGetAsync(K.Task("a"), "msg"))!;
        Assert.Equal("a\uFFFDb", TaskMessage.Parser.ParseFrom(after).ErrorMsg);
    }

    [Fact]
    public async Task Names_of_any_script_and_with_separators_are_kept()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Ct);
        var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);
        var message = new TaskMessage(Message("id:with \"quotes\"\n*?[x]", "größe:😀 %"))
        {
            Type = "typ\0e:日本", GroupKey = "", Headers = { ["k:ü"] = "v\r\n" },
        };

        await broker.EnqueueAsync(message, Ct);
        var task = Assert.Single((await broker.DequeueAsync(message.Queue, 1, Lease, Ct)).Tasks);

        Assert.Equal(message, task.Message);
        Assert.Equal(LeaseOutcome.Written, await broker.DoneAsync(task, Ct));
    }

    private static TaskMessage With(TaskMessage message, string queue) => new(message) { Queue = queue };

    private static async Task<string[]> KeysAsync(TestDatabase database) =>
        [.. ((RedisValue[]?)await database.Database.ExecuteAsync("KEYS", "*") ?? []).Select(key => key.ToString())];
}
