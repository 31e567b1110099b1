using System.Threading.Channels;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Client.Tests;

#pragma warning disable ASQ1008 // What is refused at run time is given here on purpose

/// <summary>Many tasks at once: one outcome for each, in their order, and no more of them in memory than two parts.</summary>
public sealed class EnqueueManyTests
{
    // Two of 500 tasks: one on its way, and the next.
    private const int Part = 1_000;

    private static readonly byte[] Payload = [1, 2, 3];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task A_mix_has_one_honest_outcome_for_each_task(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var hour = TimeSpan.FromHours(1);
        TaskRequest[] requests =
        [
            TaskRequest.Create(new Welcome(Payload), new() { TaskId = "a" }),
            TaskRequest.Create(new Digest(Payload)),
            TaskRequest.Create(new Welcome(Payload), new() { TaskId = "a" }),
            TaskRequest.Create(new Digest(Payload)),
            TaskRequest.CreateRaw("raw", Payload, new() { TaskId = "b", MaxRetry = -1 }),
            TaskRequest.CreateRaw("raw", Payload, new() { TaskId = "r" }),
            TaskRequest.Create(new Welcome(Payload), new() { TaskId = "s", ProcessIn = hour, UniqueFor = hour }),
            TaskRequest.Create(new Welcome(Payload), new() { TaskId = "g", Group = "team" }),
            TaskRequest.Create(new Welcome(Payload), new() { TaskId = "lone \uD800" }),
            null!,
        ];

        var results = await AllAsync(client.EnqueueManyAsync(requests, Token));

        Assert.Equal(
            [
                EnqueueStatus.Enqueued, EnqueueStatus.Enqueued, EnqueueStatus.IdConflict, EnqueueStatus.Duplicate,
                EnqueueStatus.Failed, EnqueueStatus.Enqueued, EnqueueStatus.Enqueued, EnqueueStatus.Enqueued,
                EnqueueStatus.Failed, EnqueueStatus.Failed,
            ],
            results.Select(result => result.Status));
        Assert.All(results, result => Assert.Equal(result.Status == EnqueueStatus.Enqueued, result.Task is not null));
        Assert.All(results, result => Assert.Equal(result.Status == EnqueueStatus.Failed, result.Error is not null));
        Assert.Equal("a", results[2].TaskId);
        Assert.Contains("MaxRetry is -1", results[4].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(("r", "raw", 25), (results[5].Task!.Id, results[5].Task!.Type, results[5].Task!.MaxRetry));
        Assert.Equal(Payload, results[5].Task!.Payload.ToArray());
        Assert.Equal(TaskState.Scheduled, results[6].Task!.State);
        Assert.Equal(TaskState.Aggregating, results[7].Task!.State);
        var db = database.Database;
        Assert.Equal(2, await db.ListLengthAsync("asynq:{default}:pending"));
        Assert.Equal(1, await db.ListLengthAsync("asynq:{low}:pending"));
        Assert.Equal(1, await db.SortedSetLengthAsync("asynq:{default}:scheduled"));
        Assert.Equal(1, await db.SortedSetLengthAsync("asynq:{default}:g:team"));
        var lockOfScheduled = (await db.HashGetAsync("asynq:{default}:t:s", "unique_key")).ToString();
        Assert.InRange((await db.KeyTimeToLiveAsync(lockOfScheduled))!.Value, hour * 1.9, hour * 2);
    }

    [Theory, EachBackend]
    public async Task Tasks_of_one_type_stream_in_bounded_memory(Backend backend)
    {
        const int Count = 12_345;
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var (given, taken) = (0, 0);
        IEnumerable<Welcome> Source()
        {
            for (; given < Count; given++)
            {
                Assert.InRange(given - taken, 0, Part);
                yield return new Welcome(BitConverter.GetBytes(given));
            }
        }

        await foreach (var result in client.EnqueueManyAsync(Source(), new() { Queue = "bulk" }, Token))
        {
            Assert.Equal(EnqueueStatus.Enqueued, result.Status);
            Assert.Equal(taken++, BitConverter.ToInt32(result.Task!.Payload.Span));
        }

        Assert.Equal(Count, taken);
        Assert.Equal(Count, await database.Database.ListLengthAsync("asynq:{bulk}:pending"));
    }

    [Theory, EachBackend]
    public async Task Tasks_are_stored_in_the_order_of_their_source(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var requests = Enumerable.Range(0, 3_210)
            .Select(number => TaskRequest.CreateRaw("raw", Payload, new() { TaskId = $"{number}", Queue = number % 3 == 0 ? "a" : "b" }))
            .ToArray();

        var results = await AllAsync(client.EnqueueManyAsync(requests, Token));

        Assert.All(results, result => Assert.Equal(EnqueueStatus.Enqueued, result.Status));
        Assert.Equal(requests.Select(request => request.Options!.TaskId), results.Select(result => result.TaskId));
        foreach (var queue in new[] { "a", "b" })
        {
            var ids = await database.Database.ListRangeAsync($"asynq:{{{queue}}}:pending");
            Assert.Equal(
                requests.Where(request => request.Options!.Queue == queue).Select(request => request.Options!.TaskId),
                ids.Reverse().Select(id => id.ToString()));
        }
    }

    [Theory, EachBackend]
    public async Task Who_stops_reading_leaves_nothing_on_its_way(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);

        await foreach (var result in client.EnqueueManyAsync(
            Enumerable.Range(0, 5 * Part).Select(_ => new Welcome(Payload)), null, Token))
        {
            Assert.Equal(EnqueueStatus.Enqueued, result.Status);
            break;
        }

        Assert.Equal(Part, await database.Database.ListLengthAsync("asynq:{default}:pending"));
    }

    [Theory, EachBackend]
    public async Task What_the_source_throws_comes_after_the_results_of_all_parts_before_it(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var results = 0;

        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var result in client.EnqueueManyAsync(Broken(), null, Token))
            {
                Assert.Equal(EnqueueStatus.Enqueued, result.Status);
                results++;
            }
        });

        Assert.Equal(Part + 7, results);
        Assert.Equal(Part + 7, await database.Database.ListLengthAsync("asynq:{default}:pending"));

        static IEnumerable<Welcome> Broken()
        {
            for (var number = 0; number < Part + 7; number++)
            {
                yield return new Welcome(Payload);
            }

            throw new InvalidDataException("broken");
        }
    }

    [Theory, EachBackend]
    public async Task Large_payloads_make_small_parts(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var given = 0;
        IEnumerable<Welcome> Source()
        {
            for (var i = 0; i < 6; i++)
            {
                given++;
                yield return new Welcome(new byte[3 * 1024 * 1024]);
            }
        }

        await foreach (var result in client.EnqueueManyAsync(Source(), null, Token))
        {
            Assert.Equal(EnqueueStatus.Enqueued, result.Status);
            Assert.Equal(2, given);
            break;
        }

        Assert.Equal(2, await database.Database.ListLengthAsync("asynq:{default}:pending"));
    }

    [Theory, EachBackend]
    public async Task A_source_that_waits_holds_no_task_back(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var source = Channel.CreateUnbounded<Welcome>();
        await using var results = client.EnqueueManyAsync(source.Reader.ReadAllAsync(Token), null, Token)
            .GetAsyncEnumerator(Token);
        for (var i = 1; i <= 3; i++)
        {
            await source.Writer.WriteAsync(new Welcome(Payload), Token);

            Assert.True(await results.MoveNextAsync());
            Assert.Equal(i, await database.Database.ListLengthAsync("asynq:{default}:pending"));
        }

        source.Writer.Complete();
        Assert.False(await results.MoveNextAsync());
    }

    [Theory, EachBackend]
    public async Task Who_stops_reading_while_the_source_waits_ends_the_source(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var source = Channel.CreateUnbounded<TaskRequest>();
        await source.Writer.WriteAsync(TaskRequest.CreateRaw("raw", Payload), Token);
        var ended = false;
        async IAsyncEnumerable<TaskRequest> Source(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                await foreach (var request in source.Reader.ReadAllAsync(cancellationToken))
                {
                    yield return request;
                }
            }
            finally
            {
                ended = true;
            }
        }

        await foreach (var result in client.EnqueueManyAsync(Source(Token), Token))
        {
            Assert.Equal(EnqueueStatus.Enqueued, result.Status);
            break;
        }

        Assert.True(ended);
    }

    [Theory, EachBackend]
    public async Task What_the_source_throws_comes_after_the_results_of_what_it_gave(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var results = new List<EnqueueResult>();

        var thrown = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var result in client.EnqueueManyAsync(Broken(), null, Token))
            {
                results.Add(result);
            }
        });

        Assert.Equal("row 3", thrown.Message);
        Assert.Equal(2, results.Count(result => result.Status == EnqueueStatus.Enqueued));
        Assert.Equal(2, await database.Database.ListLengthAsync("asynq:{default}:pending"));

        static IEnumerable<Welcome> Broken()
        {
            yield return new Welcome([1]);
            yield return new Welcome([2]);
            throw new InvalidDataException("row 3");
        }
    }

    [Theory, EachBackend]
    public async Task A_queue_that_refuses_does_not_hide_what_another_took(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        await database.Database.StringSetAsync("asynq:{bad}:pending", "not a list");

        var results = await AllAsync(client.EnqueueManyAsync(
            [
                TaskRequest.CreateRaw("raw", Payload, new() { Queue = "bad", TaskId = "x" }),
                TaskRequest.CreateRaw("raw", Payload, new() { Queue = "good" }),
            ],
            Token));

        Assert.Equal((EnqueueStatus.Failed, "x"), (results[0].Status, results[0].TaskId));
        Assert.Contains("asynq:{bad}:pending", results[0].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(EnqueueStatus.Enqueued, results[1].Status);
    }

    [Theory, EachBackend]
    public async Task A_value_that_cannot_be_written_fails_alone(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);

        var results = await AllAsync(client.EnqueueManyAsync([new Welcome([1]), new Odd([2]), new Welcome([3])], null, Token));

        Assert.Equal(
            [EnqueueStatus.Enqueued, EnqueueStatus.Failed, EnqueueStatus.Enqueued], results.Select(result => result.Status));
        Assert.IsType<PayloadException>(results[1].Error);
        Assert.Null(results[1].TaskId);
    }

    [Theory, EachBackend]
    public async Task A_cancellation_ends_the_stream_and_sends_nothing_more(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var (results, stored) = (0, 0);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var tasks = Enumerable.Range(0, 3 * Part).Select(_ => new Welcome(Payload));
            await foreach (var result in client.EnqueueManyAsync(tasks, null, cancelling.Token))
            {
                // The next part was on its way, or had waited for the queue's name to be known and was given up.
                Assert.True(result.Status == EnqueueStatus.Enqueued || result.Error is OperationCanceledException);
                stored += result.Status == EnqueueStatus.Enqueued ? 1 : 0;
                results++;
                await cancelling.CancelAsync();
            }
        });

        Assert.Equal(Part, results);
        Assert.InRange(stored, Part / 2, Part);
        Assert.Equal(stored, await database.Database.ListLengthAsync("asynq:{default}:pending"));
    }

    [Theory, EachBackend]
    public async Task One_id_for_many_tasks_is_refused_at_once(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);

        var refused = Assert.Throws<ArgumentException>(
            () => client.EnqueueManyAsync([new Welcome(Payload)], new() { TaskId = "one" }, Token));

        Assert.StartsWith("EnqueueOptions.TaskId", refused.Message, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_raw_task_is_enqueued_alone_too(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var request = TaskRequest.CreateRaw("raw", Payload, new() { UniqueFor = TimeSpan.FromMinutes(1) });

        var info = await client.EnqueueAsync(request, Token);

        Assert.Equal(("raw", "default", TaskState.Pending), (info.Type, info.Queue, info.State));
        Assert.Equal(EnqueueStatus.Duplicate, (await client.TryEnqueueAsync(request, Token)).Status);
        await Assert.ThrowsAsync<DuplicateTaskException>(() => client.EnqueueAsync(request, Token));
        Assert.Throws<ArgumentException>(() => TaskRequest.CreateRaw(" ", Payload));
    }

    private static async Task<List<EnqueueResult>> AllAsync(IAsyncEnumerable<EnqueueResult> results)
    {
        var all = new List<EnqueueResult>();
        await foreach (var result in results.WithCancellation(Token))
        {
            all.Add(result);
        }

        return all;
    }

    private sealed record Odd(byte[] Payload) : Welcome(Payload);
}
