using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Google.Protobuf;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>
/// What brings a task to an idle server, each by itself: the hint of this library's clients, the due time, and the poll, which
/// is all that there is for a Go client's. The clock stands still but where a test turns it.
/// </summary>
public sealed class IdleLatencyTests
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly QueueKeys K = Keys.Of("default");

    private readonly TaskCompletionSource<string> _ran = new();
    private readonly TaskCompletionSource<string> _probed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task A_hint_has_an_idle_server_fetch_at_once(Backend backend)
    {
        await using var server = await OpenAsync(backend, Seldom);
        await BecomeIdleAsync(server, polls: Never);

        await AnotherBroker(server).EnqueueAsync(RuntimeFixture.Message(), Token);

        Assert.Equal("one", await Eventually.ComesAsync(_ran.Task));
    }

    [Theory, EachBackend]
    public async Task A_hint_that_a_task_is_due_sooner_has_it_run_at_its_time_and_no_earlier(Backend backend)
    {
        await using var server = await OpenAsync(backend, Seldom);
        await AnotherBroker(server).ScheduleAsync(
            RuntimeFixture.Message("later"), server.Time.GetUtcNow() + TimeSpan.FromHours(1), Token);
        await BecomeIdleAsync(server, polls: Never);
        var second = server.Time.GetUtcNow() + TimeSpan.FromSeconds(30);
        var due = second + TimeSpan.FromSeconds(0.5);

        // Redis keeps its queue by whole seconds: the server looks at the beginning of the second, and then knows the rest.
        await AnotherBroker(server).ScheduleAsync(RuntimeFixture.Message(), due, Token);
        await Eventually.TrueAsync(() => server.Time.IsSet(second, second + Millisecond), "the server waits for the second");
        server.Time.Advance(second - server.Time.GetUtcNow());
        await Eventually.TrueAsync(() => WaitsFor(server, due), "the server waits for the due time");
        server.Time.Advance(due - server.Time.GetUtcNow() - Millisecond);

        // Whatever was set off by then comes before this, which takes as many steps.
        await AnotherBroker(server).EnqueueAsync(RuntimeFixture.Message("probe"), Token);
        await Eventually.ComesAsync(_probed.Task);
        Assert.Equal(TaskState.Scheduled, await server.StateAsync("one"));
        Assert.False(_ran.Task.IsCompleted);

        server.Time.Advance(2 * Millisecond);
        Assert.Equal("one", await Eventually.ComesAsync(_ran.Task));
    }

    [Theory, EachBackend]
    public async Task A_task_of_which_nobody_is_told_starts_within_the_interval_of_the_poll(Backend backend)
    {
        var interval = new AsynqServerOptions().TaskCheckInterval;
        await using var server = await OpenAsync(backend);
        await BecomeIdleAsync(server, polls: interval);

        await server.Database.Database.SetAddAsync(Keys.Queues, "default");
        await server.Database.Database.HashSetAsync(
            K.Task("one"),
            [
                new("msg", RuntimeFixture.Message().ToByteArray()),
                new("state", "pending"),
                new("pending_since", server.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000),
            ]);
        await server.Database.Database.ListLeftPushAsync(K.Pending, "one");
        server.Time.Advance(interval);

        Assert.Equal("one", await Eventually.ComesAsync(_ran.Task));
    }

    /// <summary>
    /// Whether the server waits for a time. A look that was under way when the clock was turned seems to have taken long, and is
    /// followed by another after a pause.
    /// </summary>
    private static bool WaitsFor(RuntimeFixture server, DateTimeOffset due)
    {
        var now = server.Time.GetUtcNow();
        if (server.Time.IsSet(due, due + Millisecond))
        {
            return true;
        }

        if (server.Time.IsSet(now, now + (10 * Millisecond)))
        {
            server.Time.Advance(10 * Millisecond);
        }

        return false;
    }

    private static void Seldom(AsynqServerOptions options) =>
        (options.TaskCheckInterval, options.DelayedTaskCheckInterval) = (Never, Never);

    private Task<RuntimeFixture> OpenAsync(Backend backend, Action<AsynqServerOptions>? configure = null) =>
        RuntimeFixture.OpenAsync(
            (_, context, _) =>
            {
                (context.TaskId == "probe" ? _probed : _ran).TrySetResult(context.TaskId);
                return Task.CompletedTask;
            },
            configure,
            backend);

    /// <summary>
    /// Starts the server and waits until nothing but a hint or a turn of the clock can have it look: it has fetched twice, at
    /// the start and once it had subscribed, and waits for the next poll.
    /// </summary>
    private static async Task BecomeIdleAsync(RuntimeFixture server, TimeSpan polls)
    {
        server.Runtime.Start();
        var now = server.Time.GetUtcNow();
        await Eventually.TrueAsync(
            () => server.Redis.AnswersOf("dequeue.lua") >= 2
                && server.Redis.AnswersOf("forward.lua") >= 2
                && server.Time.IsSet(now + (polls * 0.9), now + polls),
            "it is idle");
    }

    private static Broker AnotherBroker(RuntimeFixture server) =>
        new(RedisConnection.Wrap(server.Database.Multiplexer), server.Time);
}
