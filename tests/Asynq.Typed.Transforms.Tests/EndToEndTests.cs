using System.Security.Cryptography;
using System.Text;
using Asynq.Typed.Testing;
using Xunit;
using static Asynq.Typed.Transforms.Tests.Secrets;

namespace Asynq.Typed.Transforms.Tests;

/// <summary>From the enqueue to the handler and its result, on a server.</summary>
public sealed class EndToEndTests
{
    private const string Secret = "4111-1111-1111-1111";

    private static readonly PayloadTransform[] Transforms = [new CompressPayload(64), new EncryptPayload(Key("k1"))];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Nothing_in_redis_tells_of_a_payload_or_a_result_at_any_time(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var running = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        IReadOnlyDictionary<string, string>? headers = null;
        await using var worker = Worker.On(database, Transforms, async (letter, context, ct) =>
        {
            headers = context.Headers;
            Assert.True(await context.WriteResultAsync(Encoding.UTF8.GetBytes($"seen {letter.Text}"), ct));
            running.SetResult();
            await go.Task;
        });
        var options = new EnqueueOptions
        {
            Retention = TimeSpan.FromHours(1),
            UniqueFor = TimeSpan.FromHours(1),
            Headers = new Dictionary<string, string> { ["tenant"] = "blue" },
        };

        var task = await worker.Client.EnqueueAsync(new Letter(Secret), options, Ct);
        await AssertHiddenAsync(database);
        await worker.StartAsync();
        await running.Task;
        await Worker.UntilAsync(async () => (await worker.Inspector.ListWorkersAsync(Ct)).Any(active => active.TaskId == task.Id));
        var active = Assert.Single(await worker.Inspector.ListWorkersAsync(Ct));
        Assert.Equal(task.Payload.ToArray(), active.TaskPayload.ToArray());
        Assert.Contains(Secret, (await worker.Inspector.ViewPayloadAsync(active, Ct)).Text, StringComparison.Ordinal);
        Assert.Equal(
            new Letter(Secret), worker.Inspector.ReadPayload<Letter>((await worker.Inspector.GetTaskAsync(active, Ct))!));
        await AssertHiddenAsync(database);
        go.SetResult();
        var done = await worker.InStateAsync(task, TaskState.Completed);
        await AssertHiddenAsync(database);

        Assert.Equal("blue", headers!["tenant"]);
        Assert.DoesNotContain("asynq-payload", headers.Keys);
        Assert.Equal(new Letter(Secret), worker.Inspector.ReadPayload<Letter>(done));
        Assert.Equal($"seen {Secret}", Encoding.UTF8.GetString(worker.Inspector.ReadResult(done).Span));
        Assert.Equal(PayloadKind.Bytes, (await worker.Inspector.ViewPayloadAsync(active with { TaskId = "gone" }, Ct)).Kind);
        await using var keyless = Worker.On(database, []);
        Assert.Equal(PayloadKind.Unreadable, (await keyless.Inspector.ViewPayloadAsync(active, Ct)).Kind);
        Assert.StartsWith("asynq-payload:aes-gcm:k1\n", Encoding.Latin1.GetString(done.Result.Span), StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_typed_result_is_encrypted_and_the_inspector_reads_it(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var worker = await Worker.On(database, Transforms).StartAsync();
        await using var keyless = Worker.On(database, []);
        var secret = await worker.Client.EnqueueAsync(new Question(Secret), null, Ct);
        var open = await worker.Client.EnqueueAsync(new Question("open"), new() { TransformPayload = false }, Ct);
        var letter = await worker.Client.EnqueueAsync(new Letter("x"), new() { Retention = TimeSpan.FromHours(1) }, Ct);

        var done = await worker.InStateAsync(secret, TaskState.Completed);
        var other = await worker.InStateAsync(open, TaskState.Completed);
        var another = await worker.InStateAsync(letter, TaskState.Completed);

        await AssertHiddenAsync(database);
        Assert.Equal(new Answer($"answer to {Secret}", Secret.Length), worker.Inspector.ReadResult<Question, Answer>(done));
        Assert.Equal(new Answer("answer to open", 4), worker.Inspector.ReadResult<Question, Answer>(other));
        Assert.Equal(new Answer("answer to open", 4), other.ReadResult<Question, Answer>());
        var stored = Assert.Throws<InvalidOperationException>(done.ReadResult<Question, Answer>);
        Assert.Equal(
            $"The result of task {done.Id} is compressed or encrypted: read it by AsynqInspector.ReadResult.", stored.Message);
        var unreadable = Assert.Throws<UnreadableTaskException>(() => keyless.Inspector.ReadResult<Question, Answer>(done));
        Assert.StartsWith(
            $"The result of task {done.Id} cannot be read as that of a '{done.Type}': ",
            unreadable.Message,
            StringComparison.Ordinal);
        Assert.Contains("aes-gcm", unreadable.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => worker.Inspector.ReadResult<Question, Answer>(another));
        var none = Assert.Throws<InvalidOperationException>(() => worker.Inspector.ReadResult<Question, Answer>(secret));
        Assert.Contains("has no result", none.Message, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_server_without_the_key_archives_the_task_and_says_which_key_it_lacks(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var producer = Worker.On(database, Transforms);
        await using var worker = await Worker.On(
            database, [new EncryptPayload(Key("k2", 2))], static (_, _, _) => throw new InvalidOperationException("It ran.")).StartAsync();

        var task = await producer.Client.EnqueueAsync(new Letter(Secret), null, Ct);
        var archived = await producer.InStateAsync(task, TaskState.Archived);

        Assert.Equal(0, archived.Retried);
        Assert.Equal(
            $"The payload of task {task.Id} cannot be read as 'test:letter': it is encrypted under key 'k1', which this process "
                + "does not have: give it to EncryptPayload as one of the other keys.",
            archived.LastError);
        Assert.Equal(PayloadKind.Unreadable, worker.Inspector.ViewPayload(archived).Kind);
        Assert.Contains("'k1'", worker.Inspector.ViewPayload(archived).ToString(), StringComparison.Ordinal);

        await using var healed = await Worker.On(
            database, [new EncryptPayload(Key("k2", 2), Key("k1"))], null, static options => options.Queues = new() { ["other"] = 1 }).StartAsync();
        Assert.Equal(new Letter(Secret), healed.Inspector.ReadPayload<Letter>(archived));
    }

    [Theory, EachBackend]
    public async Task A_payload_that_was_put_into_another_task_does_not_open(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var worker = Worker.On(database, Transforms, static (_, _, _) => throw new InvalidOperationException("It ran."));
        var later = new EnqueueOptions { ProcessIn = TimeSpan.FromHours(1) };
        var one = await worker.Client.EnqueueAsync(new Letter("to Ann"), later, Ct);
        var other = await worker.Client.EnqueueAsync(new Letter("to Bob"), later, Ct);

        // By a hand that can write to Redis and has no key.
        await using var stranger = Worker.On(database, []);
        var keys = Redis.Keys.Of("default");
        var message = Redis.TaskMessage.Parser.ParseFrom((byte[])(await database.Database.HashGetAsync(keys.Task(one.Id), "msg"))!);
        message.Payload = Google.Protobuf.ByteString.CopyFrom(other.Payload.Span);
        using var buffer = new MemoryStream();
        Google.Protobuf.MessageExtensions.WriteTo(message, buffer);
        await database.Database.HashSetAsync(keys.Task(one.Id), "msg", buffer.ToArray());
        await stranger.Inspector.RunTaskAsync(one.Queue, one.Id, Ct);
        await worker.StartAsync();
        var archived = await worker.InStateAsync(one, TaskState.Archived);

        Assert.Contains("does not open under key 'k1'", archived.LastError, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task Groups_are_aggregated_and_their_batch_is_encrypted_too(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var stranger = Worker.On(database, [new EncryptPayload(Key("k9", 9))]);
        await using var worker = Worker.On(database, Transforms, null, static options => options.GroupMaxSize = 3);
        var group = new EnqueueOptions { Group = "g" };
        await worker.Client.EnqueueAsync(new Note($"{Secret} one"), group, Ct);
        await worker.Client.EnqueueAsync(new Note($"{Secret} two"), group with { TransformPayload = false }, Ct);
        var foreign = await stranger.Client.EnqueueAsync(new Note("three"), group, Ct);

        await worker.StartAsync();
        await Worker.UntilAsync(() => Task.FromResult(!worker.Digests.IsEmpty));
        var archived = await worker.InStateAsync(foreign, TaskState.Archived);

        Assert.Equal([$"{Secret} one, {Secret} two"], worker.Digests);
        Assert.Contains("key 'k9'", archived.LastError, StringComparison.Ordinal);
        await AssertHiddenAsync(database);
    }

    [Theory, EachBackend]
    public async Task An_untyped_aggregator_sees_payloads_and_its_batch_hides_what_they_hid(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var raw = new EnqueueOptions { Group = "g", TransformPayload = true };
        var seen = new TaskCompletionSource<IReadOnlyList<TaskInfo>>();
        await using var worker = Worker.On(database, Transforms, null, options =>
        {
            options.GroupMaxSize = 2;
            options.GroupAggregator = (_, tasks, _) =>
            {
                seen.TrySetResult(tasks);
                return new(new RawBatch("raw:batch", tasks[0].Payload, new() { ProcessIn = TimeSpan.FromHours(1) }));
            };
        });
        await worker.Client.EnqueueAsync(TaskRequest.CreateRaw("raw", Encoding.UTF8.GetBytes($"{Secret} 1"), raw), Ct);
        await worker.Client.EnqueueAsync(TaskRequest.CreateRaw("raw", Encoding.UTF8.GetBytes($"{Secret} 2"), raw), Ct);

        await worker.StartAsync();
        var tasks = await seen.Task;
        IReadOnlyList<TaskInfo> scheduled = [];
        await Worker.UntilAsync(async () =>
            (scheduled = await worker.Inspector.ListTasksAsync("default", TaskState.Scheduled, cancellationToken: Ct)).Count == 1);

        Assert.Equal(
            [$"{Secret} 1", $"{Secret} 2"], tasks.Select(task => Encoding.UTF8.GetString(task.Payload.Span)).Order(StringComparer.Ordinal));
        Assert.All(tasks, task => Assert.Empty(task.Headers));
        Assert.Equal("aes-gcm:k1", scheduled[0].Headers["asynq-payload"]);
        Assert.StartsWith(Secret, Encoding.UTF8.GetString(worker.Inspector.ReadPayload(scheduled[0]).Span), StringComparison.Ordinal);
        await AssertHiddenAsync(database);
    }

    [Theory, EachBackend]
    public async Task Compressed_tasks_run_on_a_server_that_compresses_nothing(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        await using var producer = Worker.On(database, [new CompressPayload()]);
        var text = new string('x', 5_000);
        var seen = new TaskCompletionSource<Letter>();
        await using var worker = await Worker.On(database, [], async (letter, context, ct) =>
        {
            await context.WriteResultAsync("asynq-payload:br\nnot compressed"u8.ToArray(), ct);
            seen.TrySetResult(letter);
        }).StartAsync();

        var task = await producer.Client.EnqueueAsync(new Letter(text), new() { Retention = TimeSpan.FromHours(1) }, Ct);
        var done = await worker.InStateAsync(task, TaskState.Completed);

        Assert.Equal(text, (await seen.Task).Text);
        Assert.Equal("br", task.Headers["asynq-payload"]);
        Assert.Equal("asynq-payload:br\nnot compressed"u8, producer.Inspector.ReadResult(done).Span);
    }

    [Theory, EachBackend]
    public async Task A_periodic_task_shows_nothing_of_its_payload_and_its_ticks_are_encrypted(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var seen = new TaskCompletionSource<string>();
        await using var worker = Worker.On(
            database,
            Transforms,
            (letter, _, _) =>
            {
                seen.TrySetResult(letter.Text);
                return Task.CompletedTask;
            },
            build: static asynq => asynq
                .AddPeriodicTask("@every 1s", new Letter(Secret))
                .AddPeriodicTask("@every 1h", new Letter("open"), new() { TransformPayload = false }));

        await worker.StartAsync();
        Assert.Equal(Secret, await seen.Task);
        await Worker.UntilAsync(async () => (await worker.Inspector.ListSchedulerEntriesAsync(Ct)).Count == 2);

        var entries = (await worker.Inspector.ListSchedulerEntriesAsync(Ct)).ToDictionary(entry => entry.Schedule);
        Assert.Equal(0, entries["@every 1s"].TaskPayload.Length);
        Assert.Equal(PayloadKind.Empty, worker.Inspector.ViewPayload(entries["@every 1s"]).Kind);
        Assert.Equal(new Letter("open"), worker.Inspector.ReadPayload<Letter>(entries["@every 1h"]));
        await AssertHiddenAsync(database);
    }

    [Theory, EachBackend]
    public async Task Keys_that_come_from_a_service_are_asked_for_when_they_are_needed(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Ct);
        var made = 0;
        await using var worker = Worker.On(database, [], build: asynq => asynq.UsePayloadTransform(services =>
        {
            Assert.NotNull(services);
            made++;
            return new EncryptPayload(Key("k1"));
        }));
        Assert.Equal(0, made);

        var task = await worker.Client.EnqueueAsync(new Letter(Secret), null, Ct);

        Assert.Equal(new Letter(Secret), worker.Inspector.ReadPayload<Letter>(task));
        Assert.Equal(1, made);
    }

    private static async Task AssertHiddenAsync(TestDatabase database)
    {
        var traces = await Traces.OfAsync(database);
        Assert.NotEmpty(traces);
        Assert.DoesNotContain(Secret, traces, StringComparison.Ordinal);
        Assert.DoesNotContain(DigestOf(), traces, StringComparison.Ordinal);
    }

#pragma warning disable CA5351 // MD5 is what an unencrypted payload's unique key is made by
    private static string DigestOf() => Convert.ToHexStringLower(MD5.HashData(PayloadBuffer.Write(new Letter(Secret))));
#pragma warning restore CA5351
}
