using System.Threading.Channels;
using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Asynq.Typed.Client.Tests;

#pragma warning disable ASQ1008 // What is refused at run time is given here on purpose

/// <summary>Long streams of tasks: what they hold in memory, and how they come through what happens meanwhile.</summary>
public sealed class StreamTests
{
    // Two of 500 tasks: one on its way, and the next.
    private const int TwoParts = 1_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Twelve_thousand_tasks_of_all_kinds_have_their_outcomes_in_order_and_in_bounded_memory(Backend backend)
    {
        const int Count = 12_000;
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var seen = new List<WeakReference>();
        var (given, most) = (0, 0);
        async IAsyncEnumerable<TaskRequest> Source()
        {
            for (; given < Count; given++)
            {
                Assert.InRange(given - seen.Count, 0, TwoParts);
                if (given % 1_234 == 0)
                {
                    await Task.Yield();
                }

                yield return Mixed(given).Request;
            }
        }

        await foreach (var result in client.EnqueueManyAsync(Source(), Token))
        {
            var (request, status) = Mixed(seen.Count);
            Assert.Equal((request.Options!.TaskId, status), (result.TaskId ?? request.Options.TaskId, result.Status));
            Assert.Equal(status == EnqueueStatus.Failed, result.Error is not null);
            seen.Add(new WeakReference(result));
            if (seen.Count % 500 == 0)
            {
                // Off the stack of whoever has brought the answer: its frames hold what came before.
                await Task.Yield();
                GC.Collect();
                most = Math.Max(most, seen.Count(reference => reference.IsAlive));
            }
        }

        Assert.Equal(Count, seen.Count);
        Assert.InRange(most, 1, TwoParts);
        var db = database.Database;
        Assert.Equal(2_970 + 500, await db.ListLengthAsync("asynq:{default}:pending"));
        Assert.Equal(250, await db.ListLengthAsync("asynq:{low}:pending"));
        Assert.Equal(1_500, await db.SortedSetLengthAsync("asynq:{default}:scheduled"));
        Assert.Equal(1_500, await db.SortedSetLengthAsync("asynq:{default}:g:team"));
    }

    [Fact]
    public async Task Tasks_that_meet_an_outage_fail_with_a_result_each_and_the_stream_goes_on_when_Redis_is_back()
    {
        const int Before = 1_200;
        const int During = 1_300;
        const int After = 700;
        var server = await RedisServer.StartAsync(cancellationToken: Token);
        await using var client = await AsynqClient.ConnectAsync($"redis://127.0.0.1:{server.Port}", Token);
        var (stored, failed) = (new TaskCompletionSource(), new TaskCompletionSource());
        RedisServer? again = null;
        async IAsyncEnumerable<TaskRequest> Source()
        {
            for (var number = 0; number < Before + During + After; number++)
            {
                if (number == Before)
                {
                    await stored.Task;
                    await server.DisposeAsync();
                }
                else if (number == Before + During)
                {
                    await failed.Task;
                    again = await RedisServer.StartAsync(new RedisServerOptions { Port = server.Port }, Token);
                }

                yield return TaskRequest.CreateRaw("raw", new byte[] { 1 }, new() { TaskId = $"{number}" });
            }
        }

        var results = new List<EnqueueResult>();
        await foreach (var result in client.EnqueueManyAsync(Source(), Token))
        {
            results.Add(result);
            (results.Count switch { Before => stored, Before + During => failed, _ => null })?.SetResult();
        }

        await using var last = again;
        Assert.Equal(Enumerable.Range(0, Before + During + After).Select(number => $"{number}"), results.Select(result => result.TaskId));
        Assert.All(results[..Before], result => Assert.Equal(EnqueueStatus.Enqueued, result.Status));
        var errors = results[Before..^After].ConvertAll(result => Assert.IsType<RedisUnreachableException>(result.Error));
        Assert.All(results[^After..], result => Assert.Equal(EnqueueStatus.Enqueued, result.Status));

        // What was on its way when the connection broke may have been stored; what came later was never sent.
        Assert.False(errors[^1].IsOutcomeUnknown);
    }

    [Theory, EachBackend]
    public async Task A_stream_that_has_waited_long_goes_by_the_time_that_Redis_has_now(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var source = new BrokerSource(_ => ValueTask.FromResult(RedisConnection.Wrap(database.Multiplexer)), time);
        await using var client = new AsynqClient(source);
        var began = time.GetUtcNow();
        var tasks = Channel.CreateUnbounded<Welcome>();
        await using var results = client
            .EnqueueManyAsync(tasks.Reader.ReadAllAsync(Token), new() { ProcessIn = TimeSpan.FromDays(1) }, Token)
            .GetAsyncEnumerator(Token);
        await NextAsync(1);

        // Its clock runs ahead of Redis'.
        time.Advance(TimeSpan.FromHours(5));
        var due = (await NextAsync(2)).Task!.NextProcessAt!.Value;

        Assert.InRange(due, began.AddHours(23), began.AddHours(26));

        async Task<EnqueueResult> NextAsync(byte payload)
        {
            await tasks.Writer.WriteAsync(new Welcome([payload]), Token);
            for (var next = results.MoveNextAsync().AsTask(); ; await Task.Delay(5, Token))
            {
                if (next.IsCompleted)
                {
                    Assert.True(await next);
                    return results.Current;
                }

                // A part waits a moment for more.
                time.Advance(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    [Theory, EachBackend]
    public async Task Disposing_a_client_ends_every_enqueue_that_is_on_its_way_or_waits(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        await client.EnqueueAsync(new Welcome([0]), null, Token);
        var enqueues = Enumerable.Range(0, 3_000)
            .Select(number => client.EnqueueAsync(new Welcome([1]), new() { TaskId = $"{number}" }, Token)).ToArray();

        await client.DisposeAsync();

        await Task.WhenAll(enqueues).ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromMinutes(2), Token);
        for (var number = 0; number < enqueues.Length; number++)
        {
            var isStored = await database.Database.KeyExistsAsync($"asynq:{{default}}:t:{number}");
            if (enqueues[number].IsCompletedSuccessfully)
            {
                Assert.True(isStored);
            }
            else
            {
                var error = enqueues[number].Exception!.InnerException;
                Assert.True(error is ObjectDisposedException or RedisUnreachableException, error?.ToString());
                Assert.True(!isStored || error is RedisUnreachableException { IsOutcomeUnknown: true }, error?.ToString());
            }
        }
    }

    /// <summary>The how many-th task of a mix, and what is to become of it.</summary>
    private static (TaskRequest Request, EnqueueStatus Status) Mixed(int number)
    {
        var id = $"{number}";
        var bytes = BitConverter.GetBytes(number);
        var hour = TimeSpan.FromHours(1);
        return (number % 4, number % 8) switch
        {
            (0, _) when number % 400 == 0 => (
                TaskRequest.CreateRaw("raw", bytes, new() { TaskId = id, MaxRetry = -1 }), EnqueueStatus.Failed),
            (0, _) => (TaskRequest.CreateRaw("raw", bytes, new() { TaskId = id }), EnqueueStatus.Enqueued),
            (1, _) => (
                TaskRequest.Create(new Digest(BitConverter.GetBytes(number % 1_000)), new() { TaskId = id }),
                number < 1_000 ? EnqueueStatus.Enqueued : EnqueueStatus.Duplicate),
            (2, _) => (
                TaskRequest.Create(new Welcome(bytes), new() { TaskId = $"shared {number % 2_000}" }),
                number < 2_000 ? EnqueueStatus.Enqueued : EnqueueStatus.IdConflict),
            (_, 3) => (TaskRequest.Create(new Welcome(bytes), new() { TaskId = id, ProcessIn = hour }), EnqueueStatus.Enqueued),
            _ => (TaskRequest.Create(new Welcome(bytes), new() { TaskId = id, Group = "team" }), EnqueueStatus.Enqueued),
        };
    }
}
