using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>A server hears cancellations and hints, also where Redis did not let it subscribe at first.</summary>
public sealed class SubscriberTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    private readonly TaskCompletionSource<string> _started = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Hints_are_heard_once_a_subscription_that_failed_is_repeated(Backend backend)
    {
        await using var server = await SubscribeAsync(backend, failures: 4);

        // From here on the clock stands still.
        await AnotherBroker(server).EnqueueAsync(RuntimeFixture.Message(), Token);

        Assert.Equal("one", await Eventually.ComesAsync(_started.Task));
        Assert.Contains(server.Log.Lines, static line => line.Text.StartsWith("Subscriber failed", StringComparison.Ordinal));
    }

    [Theory, EachBackend]
    public async Task Cancellations_are_heard_once_a_subscription_that_failed_is_repeated(Backend backend)
    {
        await using var server = await SubscribeAsync(backend, failures: 1);
        await AnotherBroker(server).EnqueueAsync(RuntimeFixture.Message(), Token);
        await Eventually.ComesAsync(_started.Task);

        // No mark beside it, which the next heartbeat would find: the message alone.
        await AnotherBroker(server).PublishCancellationAsync("one", Token);

        await Eventually.TrueAsync(async () => await server.StateAsync("one") == TaskState.Archived, "it is cancelled");
    }

    [Theory, EachBackend]
    public async Task Nothing_is_heard_any_more_after_the_shutdown(Backend backend)
    {
        await using var server = await SubscribeAsync(backend, failures: 0);
        var channels = new[] { Keys.CancelChannel, Keys.Of("default").WakeChannel };
        Assert.All(await ListenersAsync(server, channels), static count => Assert.Equal(1, count));

        await Eventually.ComesAsync(server.Runtime.ShutdownAsync(CancellationToken.None));

        Assert.All(await ListenersAsync(server, channels), static count => Assert.Equal(0, count));
    }

    /// <summary>Starts a server that polls once a day, and turns the clock until it has subscribed: it fetches again then.</summary>
    private async Task<RuntimeFixture> SubscribeAsync(Backend backend, int failures)
    {
        var server = await RuntimeFixture.OpenAsync(
            async (_, context, token) =>
            {
                _started.TrySetResult(context.TaskId);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            },
            static options => options.TaskCheckInterval = Never,
            backend);
        server.Redis.FailSubscriptions(failures);
        server.Runtime.Start();
        await Clock.TurnUntilAsync(server.Time, Step, () => server.Redis.AnswersOf("dequeue.lua") >= 2);
        return server;
    }

    private static async Task<List<long>> ListenersAsync(RuntimeFixture server, string[] channels)
    {
        var reply = (StackExchange.Redis.RedisResult[])(await server.Database.Database.ExecuteAsync(
            "PUBSUB", ["NUMSUB", .. channels]))!;
        return [.. channels.Select((_, at) => (long)reply[(2 * at) + 1])];
    }

    private static Broker AnotherBroker(RuntimeFixture server) =>
        new(RedisConnection.Wrap(server.Database.Multiplexer), server.Time);
}
