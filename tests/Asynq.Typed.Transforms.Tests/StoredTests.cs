using System.Security.Cryptography;
using System.Text;
using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Asynq.Typed.Transforms.Tests.Secrets;

namespace Asynq.Typed.Transforms.Tests;

/// <summary>What an enqueue leaves in Redis, however it is made.</summary>
public sealed class StoredTests
{
    private static readonly string Long = new('x', 5_000);
    private static readonly EnqueueOptions Unique = new() { UniqueFor = TimeSpan.FromHours(1) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Typed_tasks_are_transformed_and_raw_ones_where_that_is_asked_for(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var client = await AsynqClient.ConnectAsync(
            database.ConnectionString, [new CompressPayload(), new EncryptPayload(Key("k1"))], Ct);
        await using var inspector = await AsynqInspector.ConnectAsync(
            database.ConnectionString, [new EncryptPayload(Key("k1"))], Ct);
        var raw = Encoding.UTF8.GetBytes("""{"a":1}""");

        var typed = await client.EnqueueAsync(new Letter(Long), null, Ct);
        var small = await client.EnqueueAsync(TaskRequest.Create(new Letter("s")), Ct);
        var plain = await client.EnqueueAsync(new Letter("p"), new() { TransformPayload = false }, Ct);
        var untouched = await client.EnqueueAsync(TaskRequest.CreateRaw("raw", raw), Ct);
        var asked = await client.EnqueueAsync(TaskRequest.CreateRaw("raw", raw, new() { TransformPayload = true }), Ct);

        Assert.Equal("br,aes-gcm:k1", typed.Headers["asynq-payload"]);
        Assert.True(typed.Payload.Length < 200);
        Assert.Equal("aes-gcm:k1", small.Headers["asynq-payload"]);
        Assert.Empty(plain.Headers);
        Assert.Empty(untouched.Headers);
        Assert.Equal(raw, untouched.Payload.ToArray());
        Assert.Equal("aes-gcm:k1", asked.Headers["asynq-payload"]);

        foreach (var task in (TaskInfo[])[typed, small, plain, untouched, asked])
        {
            var stored = (await inspector.GetTaskAsync(task.Queue, task.Id, Ct))!;
            Assert.Equal(task.Payload.ToArray(), stored.Payload.ToArray());
            Assert.Equal(task.Headers, stored.Headers);
            Assert.Equal(task.Type == "raw" ? raw : inspector.ReadPayload(task).ToArray(), inspector.ReadPayload(stored).ToArray());
        }

        Assert.Equal(new Letter(Long), inspector.ReadPayload<Letter>(typed));
        Assert.Equal(new Letter("p"), inspector.ReadPayload<Letter>(plain));
    }

    [Theory, EachBackend]
    public async Task A_unique_key_is_taken_before_compression_and_keyed_by_encryption(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var plain = await AsynqClient.ConnectAsync(database.ConnectionString, Ct);
        await using var compressing = await AsynqClient.ConnectAsync(database.ConnectionString, [new CompressPayload()], Ct);
        await using var encrypting = await AsynqClient.ConnectAsync(
            database.ConnectionString, [new CompressPayload(), new EncryptPayload(Key("k1"))], Ct);
        var letter = new Letter(Long);

        var first = await plain.TryEnqueueAsync(letter, Unique, Ct);
        var compressed = await compressing.TryEnqueueAsync(letter, Unique, Ct);
        var encrypted = await encrypting.TryEnqueueAsync(letter, Unique, Ct);
        var again = await encrypting.TryEnqueueAsync(letter, Unique, Ct);
        var readable = await encrypting.TryEnqueueAsync(letter, Unique with { TransformPayload = false }, Ct);

        Assert.Equal(
            [EnqueueStatus.Enqueued, EnqueueStatus.Duplicate, EnqueueStatus.Enqueued, EnqueueStatus.Duplicate, EnqueueStatus.Duplicate],
            new[] { first, compressed, encrypted, again, readable }.Select(result => result.Status));
        var locks = await LocksAsync(database);
        var expected = Encrypting().DigestUniqueKey(first.Task!.Payload.ToArray(), "default", "test:letter");
        Assert.Equal(
            new[] { Md5(first.Task!.Payload.Span), expected }.Order(), locks.Select(key => key["asynq:{default}:unique:test:letter:".Length..]).Order());
    }

    [Theory, EachBackend]
    public async Task Only_the_marked_members_count_whichever_way_a_task_is_enqueued(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Ct);
        await using var compressing = await AsynqClient.ConnectAsync(database.ConnectionString, [new CompressPayload(0)], Ct);

        var stored = await client.EnqueueAsync(new Order("42", "first"), null, Ct);
        await Assert.ThrowsAsync<DuplicateTaskException>(() => client.EnqueueAsync(new Order("42", "second"), null, Ct));
        await Assert.ThrowsAsync<DuplicateTaskException>(
            () => client.EnqueueAsync(TaskRequest.Create(new Order("42", "third")), Ct));
        await Assert.ThrowsAsync<DuplicateTaskException>(() => compressing.EnqueueAsync(new Order("42", Long), null, Ct));
        var many = new List<EnqueueStatus>();
        await foreach (var result in client.EnqueueManyAsync([new Order("42", "4"), new Order("43", "5"), new Order("43", "6")], null, Ct))
        {
            many.Add(result.Status);
        }

        await foreach (var result in client.EnqueueManyAsync([TaskRequest.Create(new Order("43", "7"))], Ct))
        {
            many.Add(result.Status);
        }

        var raw = await client.TryEnqueueAsync(TaskRequest.CreateRaw("test:order", "42"u8.ToArray(), Unique), Ct);
        var group = await client.TryEnqueueAsync(new Order("42", "8"), new() { Group = "g" }, Ct);
        var later = await client.TryEnqueueAsync(new Order("42", "9"), new() { ProcessIn = TimeSpan.FromMinutes(1) }, Ct);

        Assert.Equal([EnqueueStatus.Duplicate, EnqueueStatus.Enqueued, EnqueueStatus.Duplicate, EnqueueStatus.Duplicate], many);
        Assert.Equal("42|first"u8, stored.Payload.Span);
        Assert.Equal(
            [EnqueueStatus.Duplicate, EnqueueStatus.Duplicate, EnqueueStatus.Duplicate],
            new[] { raw, group, later }.Select(result => result.Status));
        Assert.Equal(
            new[] { Md5("42"u8), Md5("43"u8) }.Order(),
            (await LocksAsync(database)).Select(key => key["asynq:{default}:unique:test:order:".Length..]).Order());
    }

    [Fact]
    public async Task Only_the_marked_members_of_a_batch_count()
    {
        var aggregator = new GroupAggregator<Note, Order, OrderAggregator>();
        var services = new ServiceCollection().AddSingleton<OrderAggregator>().BuildServiceProvider();

        var batch = await aggregator.AggregateAsync(new GroupContext("g", "default", []), [new Note("42")], services, Ct);

        Assert.Equal("42|of 1"u8, batch!.Body.Payload);
        Assert.Equal("42"u8, batch.Body.UniqueContent);
        var plan = Client.EnqueuePlan.For(batch.Body, new EnqueueOptions(), TransformChain.None, DateTimeOffset.UnixEpoch);
        Assert.EndsWith(Md5("42"u8), plan.Message.UniqueKey, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task The_header_is_not_the_callers(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Ct);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => client.EnqueueAsync(
            new Letter("x"), new() { Headers = new Dictionary<string, string> { ["asynq-payload"] = "br" } }, Ct));

        Assert.StartsWith("EnqueueOptions.Headers has 'asynq-payload'", refused.Message, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_payload_that_is_replaced_goes_the_way_of_the_one_before(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var encrypting = Worker.On(database, [new CompressPayload(), new EncryptPayload(Key("k2", 2), Key("k1"))]);
        await using var older = Worker.On(database, [new EncryptPayload(Key("k1"))]);
        await using var without = Worker.On(database, []);
        var later = new EnqueueOptions { ProcessIn = TimeSpan.FromHours(1), Headers = new Dictionary<string, string> { ["a"] = "b" } };
        var secret = await older.Client.EnqueueAsync(new Letter("before"), later, Ct);
        var open = await without.Client.EnqueueAsync(new Letter("before"), later, Ct);
        var payload = (await without.Client.EnqueueAsync(new Letter(Long), null, Ct)).Payload;

        await Assert.ThrowsAsync<PayloadException>(
            () => without.Inspector.UpdateTaskPayloadAsync(secret.Queue, secret.Id, payload, Ct));
        Assert.True((await encrypting.Inspector.UpdateTaskPayloadAsync(secret.Queue, secret.Id, payload, Ct)).IsDone);
        Assert.True((await encrypting.Inspector.UpdateTaskPayloadAsync(open.Queue, open.Id, payload, Ct)).IsDone);

        var stored = (await encrypting.Inspector.GetTaskAsync(secret.Queue, secret.Id, Ct))!;
        Assert.Equal("br,aes-gcm:k2", stored.Headers["asynq-payload"]);
        Assert.Equal("b", stored.Headers["a"]);
        Assert.Equal(new Letter(Long), encrypting.Inspector.ReadPayload<Letter>(stored));
        var plain = (await encrypting.Inspector.GetTaskAsync(open.Queue, open.Id, Ct))!;
        Assert.Equal(payload.ToArray(), plain.Payload.ToArray());
        Assert.Equal(["a"], plain.Headers.Keys);

        await encrypting.Inspector.ArchiveTaskAsync(secret.Queue, secret.Id, Ct);
        Assert.True((await encrypting.Inspector.RequeueTaskAsync(secret.Queue, secret.Id, open.Payload, Ct)).IsDone);
        stored = (await encrypting.Inspector.GetTaskAsync(secret.Queue, secret.Id, Ct))!;
        Assert.Equal("aes-gcm:k2", stored.Headers["asynq-payload"]);
        Assert.Equal(new Letter("before"), encrypting.Inspector.ReadPayload<Letter>(stored));
    }

    [Theory, EachBackend]
    public async Task A_typed_payload_replaces_one_of_its_type_only(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var worker = Worker.On(database, [new EncryptPayload(Key("k1"))]);
        var inspector = worker.Inspector;
        var later = new EnqueueOptions { ProcessIn = TimeSpan.FromHours(1) };
        var secret = await worker.Client.EnqueueAsync(new Letter("before"), later, Ct);
        var open = await worker.Client.EnqueueAsync(new Letter("before"), later with { TransformPayload = false }, Ct);

        foreach (var task in (TaskInfo[])[secret, open])
        {
            Assert.True((await inspector.UpdateTaskPayloadAsync(task.Queue, task.Id, new Letter("updated"), Ct)).IsDone);
            Assert.Equal(new Letter("updated"), await ReadTypedAsync(inspector, task));
            var update = await Assert.ThrowsAsync<ArgumentException>(
                () => inspector.UpdateTaskPayloadAsync(task.Queue, task.Id, new Note("other"), Ct));
            Assert.StartsWith(
                $"Task {task.Id} is of type 'test:letter': its payload cannot be replaced by one of 'test:note'.",
                update.Message,
                StringComparison.Ordinal);
            Assert.Equal(
                new TaskChange(TaskChangeStatus.WrongState, TaskState.Scheduled),
                await inspector.RequeueTaskAsync(task.Queue, task.Id, new Letter("requeued"), Ct));

            await inspector.ArchiveTaskAsync(task.Queue, task.Id, Ct);
            await Assert.ThrowsAsync<ArgumentException>(
                () => inspector.RequeueTaskAsync(task.Queue, task.Id, new Note("other"), Ct));
            Assert.Equal(TaskState.Archived, (await inspector.GetTaskAsync(task.Queue, task.Id, Ct))!.State);
            Assert.Equal(new Letter("updated"), await ReadTypedAsync(inspector, task));
            Assert.True((await inspector.RequeueTaskAsync(task.Queue, task.Id, new Letter("requeued"), Ct)).IsDone);
            Assert.Equal(new Letter("requeued"), await ReadTypedAsync(inspector, task));
            Assert.Equal(TaskState.Pending, (await inspector.GetTaskAsync(task.Queue, task.Id, Ct))!.State);
            Assert.Equal(
                new TaskChange(TaskChangeStatus.WrongState, TaskState.Pending),
                await inspector.UpdateTaskPayloadAsync(task.Queue, task.Id, new Letter("late"), Ct));
            await Assert.ThrowsAsync<ArgumentNullException>(
                () => inspector.UpdateTaskPayloadAsync(task.Queue, task.Id, (Letter)null!, Ct));
        }

        Assert.Equal("aes-gcm:k1", (await inspector.GetTaskAsync(secret.Queue, secret.Id, Ct))!.Headers["asynq-payload"]);
        Assert.Empty((await inspector.GetTaskAsync(open.Queue, open.Id, Ct))!.Headers);
    }

    private static async Task<Letter> ReadTypedAsync(AsynqInspector inspector, TaskInfo task) =>
        inspector.ReadPayload<Letter>((await inspector.GetTaskAsync(task.Queue, task.Id, Ct))!);

    private static async Task<string[]> LocksAsync(TestDatabase database)
    {
        var traces = await Traces.OfAsync(database);
        return [.. traces.Split('\n').Where(line => line.StartsWith("asynq:{default}:unique:", StringComparison.Ordinal)).Distinct()];
    }

#pragma warning disable ASQ2009 // Not to be found by the generator: the test gives it to the server's code itself
    private sealed class OrderAggregator : IAggregate<Note, Order>
#pragma warning restore ASQ2009
    {
        public ValueTask<AggregateResult<Order>> AggregateAsync(
            GroupContext group, IReadOnlyList<Note> tasks, CancellationToken cancellationToken) =>
            new(new Order(tasks[0].Text, $"of {tasks.Count}"));
    }

#pragma warning disable CA5351 // MD5 is the wire protocol here, not a protection
    private static string Md5(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351
}
