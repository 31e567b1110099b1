using Asynq.Typed.Redis;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>A queue whose node does not answer fetches keeps neither other queues waiting nor slots from them.</summary>
public sealed class HangingFetchTests
{
    private const string Hanging = "a-hanging";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private int _runs;
    private int _most;
    private int _running;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 4)]
    [InlineData(true, 1)]
    [InlineData(true, 4)]
    public async Task Tasks_of_other_queues_keep_starting(bool strict, int concurrency)
    {
        await using var server = await OpenAsync(strict, concurrency);
        using var stuck = server.Hang("dequeue.lua", Keys.Of(Hanging).Pending);
        server.Runtime.Start();
        var since = server.Time.GetUtcNow();

        for (var round = 1; round <= 5; round++)
        {
            for (var number = 0; number < 10; number++)
            {
                await EnqueueAsync(server, "default", $"{round}-{number}");
            }

            await Clock.TurnUntilAsync(server.Time, Step, () => _runs == round * 10);
        }

        // Once, others wait for it, and then no longer.
        Assert.InRange(server.Time.GetUtcNow() - since, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.InRange(_most, 1, concurrency);
    }

    [Fact]
    public async Task What_it_answers_late_is_started_as_far_as_there_are_slots_and_the_rest_is_given_back()
    {
        var release = new TaskCompletionSource();
        await using var server = await OpenAsync(strict: true, concurrency: 4, release.Task);
        foreach (var id in (string[])["1", "2", "3", "4"])
        {
            await EnqueueAsync(server, Hanging, id);
        }

        var answer = server.Hold("dequeue.lua", Keys.Of(Hanging).Pending);
        server.Runtime.Start();
        await EnqueueAsync(server, "default", "a");
        await EnqueueAsync(server, "default", "b");
        await Clock.TurnUntilAsync(server.Time, Step, () => _runs == 2);

        answer.SetResult();

        await Eventually.TrueAsync(() => _runs == 4, "two more have found a slot");
        await Eventually.TrueAsync(
            async () => await server.Database.Database.ListLengthAsync(Keys.Of(Hanging).Pending) == 2, "the rest is back");
        Assert.Equal(
            ["4", "3"],
            (await server.Database.Database.ListRangeAsync(Keys.Of(Hanging).Pending)).Select(static id => (string)id!));
        release.SetResult();
        await Clock.TurnUntilAsync(server.Time, Step, () => _runs == 6);
        Assert.Equal(4, _most);
    }

    [Fact]
    public async Task What_it_answers_after_a_stop_is_given_back()
    {
        await using var server = await OpenAsync(strict: false, concurrency: 4);
        await EnqueueAsync(server, Hanging, "1");
        var answer = server.Hold("dequeue.lua", Keys.Of(Hanging).Pending);
        server.Runtime.Start();
        await Eventually.TrueAsync(
            async () => await server.Database.Database.ListLengthAsync(Keys.Of(Hanging).Active) == 1, "it is leased");
        await EnqueueAsync(server, "default", "a");
        await Clock.TurnUntilAsync(server.Time, Step, () => _runs == 1);
        server.Runtime.Stop();

        answer.SetResult();

        await Eventually.TrueAsync(
            async () => await server.Database.Database.ListLengthAsync(Keys.Of(Hanging).Pending) == 1, "it is back");
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task A_queue_that_cannot_be_read_keeps_no_hint_of_another_waiting()
    {
        await using var server = await OpenAsync(strict: false, concurrency: 4);
        await server.Database.Database.StringSetAsync(Keys.Of(Hanging).Pending, "no list");
        server.Runtime.Start();
        await Eventually.TrueAsync(
            () => server.Log.Lines.Any(static line => line.Text.Contains($"queue '{Hanging}' could not", StringComparison.Ordinal)),
            "it has failed");

        // The clock stands still: it is the hint that brings it, not a poll.
        await Eventually.TrueAsync(() => server.CallsOf("dequeue.lua") >= 2, "both are asked");
        await EnqueueAsync(server, "default", "a");
        server.Runtime.WakeProcessor();
        await Eventually.TrueAsync(() => _runs == 1, "it runs");

        // Asked again when its rest is over, it says so.
        await server.Database.Database.KeyDeleteAsync(Keys.Of(Hanging).Pending);
        await EnqueueAsync(server, Hanging, "b");
        await Clock.TurnUntilAsync(server.Time, Step, () => _runs == 2);
        Assert.Contains(server.Log.Lines, static line => line.Text.Contains("can be fetched again", StringComparison.Ordinal));
    }

    private static async Task EnqueueAsync(RuntimeFixture server, string queue, string id)
    {
        var message = RuntimeFixture.Message(id);
        message.Queue = queue;
        message.Timeout = 100_000;
        await server.Broker.EnqueueAsync(message, Token);
    }

    private Task<RuntimeFixture> OpenAsync(bool strict, int concurrency, Task? handling = null) => RuntimeFixture.OpenAsync(
        async (_, _, _) =>
        {
            var running = Interlocked.Increment(ref _running);
            InterlockedMax(ref _most, running);
            Interlocked.Increment(ref _runs);
            await (handling ?? Task.CompletedTask);
            Interlocked.Decrement(ref _running);
        },
        options =>
        {
            options.Concurrency = concurrency;
            options.StrictPriority = strict;
            options.Queues = new() { [Hanging] = 2, ["default"] = 1 };
        });

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
