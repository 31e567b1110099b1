using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>Redis leases tasks, its answer never comes, and then the server is told to end.</summary>
public sealed class UnansweredFetchTests
{
    private int _runs;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task A_shutdown_gives_the_tasks_back_to_the_head_of_their_queue_and_spends_no_retry(Backend backend)
    {
        await using var server = await LoseAnswersAsync(backend);
        var shutdown = server.Runtime.ShutdownAsync(Token);

        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(1), () => shutdown.IsCompleted);

        await shutdown;
        await AreBackAsync(server);
    }

    [Theory, EachBackend]
    public async Task So_does_a_stop_as_soon_as_Redis_answers_again(Backend backend)
    {
        await using var server = await LoseAnswersAsync(backend, isBack: false);
        server.Runtime.Stop();
        await Clock.TurnUntilAsync(
            server.Time,
            TimeSpan.FromMilliseconds(100),
            () => server.Log.Lines.Any(line => line.Text.Contains("whose fetch was not answered failed", StringComparison.Ordinal)));

        server.Hold("dequeue.lua").SetResult();

        await Clock.TurnUntilAsync(
            server.Time, TimeSpan.FromMilliseconds(100), async () => await server.StateAsync("a") == TaskState.Pending);
        await AreBackAsync(server);
    }

    [Fact]
    public async Task A_shutdown_does_not_wait_for_ever_for_a_Redis_that_never_answers()
    {
        await using var server = await RuntimeFixture.OpenAsync(static (_, _, _) => Task.CompletedTask);
        using var stuck = server.Hang("dequeue.lua", Keys.Of("default").Pending);
        server.Runtime.Start();
        await Eventually.TrueAsync(() => server.CallsOf("dequeue.lua") > 0, "it is asked");
        var shutdown = server.Runtime.ShutdownAsync(Token);

        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(1), () => shutdown.IsCompleted);
    }

    /// <summary>A server that has lost the answer that would have brought it three tasks.</summary>
    private async Task<RuntimeFixture> LoseAnswersAsync(Backend backend, bool isBack = true)
    {
        var server = await RuntimeFixture.OpenAsync(
            (_, _, _) =>
            {
                Interlocked.Increment(ref _runs);
                return Task.CompletedTask;
            },
            static options => options.HeartbeatInterval = TimeSpan.FromSeconds(10),
            backend);
        foreach (var id in (string[])["a", "b", "c"])
        {
            await server.Broker.EnqueueAsync(RuntimeFixture.Message(id), Token);
        }

        var answers = server.Hold("dequeue.lua");
        server.Runtime.Start();
        await Eventually.TrueAsync(async () => await server.StateAsync("c") == TaskState.Active, "Redis has leased them");
        await server.Broker.EnqueueAsync(RuntimeFixture.Message("d"), Token);
        answers.SetException(new RedisTimeoutException(CommandFlags.None, "no answer", CommandStatus.Sent));
        await Eventually.TrueAsync(
            () => server.Log.Lines.Any(line => line.Text.Contains("could not be fetched", StringComparison.Ordinal)),
            "the fetch has failed");
        if (isBack)
        {
            server.Hold("dequeue.lua").SetResult();
        }

        return server;
    }

    private async Task AreBackAsync(RuntimeFixture server)
    {
        await Eventually.TrueAsync(
            async () => await server.Database.Database.ListLengthAsync(Keys.Of("default").Pending) == 4, "all are pending");
        var pending = await server.Database.Database.ListRangeAsync(Keys.Of("default").Pending);
        Assert.Equal(["d", "c", "b", "a"], pending.Select(id => (string)id!));
        Assert.Equal(0, (await server.Broker.GetTaskInfoAsync("default", "a", Token))!.Retried);
        Assert.False(await server.Database.Database.KeyExistsAsync(Keys.Of("default").Lease));
        Assert.Equal(0, _runs);
    }
}
