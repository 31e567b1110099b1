using Asynq.Typed.Redis;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>The end of the components, and of the attempts that run then.</summary>
public sealed class ShutdownStagesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_component_that_fails_to_shut_down_keeps_no_other_from_it()
    {
        var log = new LogRecorder();
        var (beside, behind) = (new Component(), new Component());

        await ServerRuntime.ShutdownAsync(
            [[new Component(new InvalidOperationException("no end")), beside], [behind]],
            log.CreateLogger("server"),
            Token);

        Assert.True(beside.HasEnded);
        Assert.True(behind.HasEnded);
        var line = Assert.Single(log.Lines);
        Assert.Contains(nameof(Component), line.Text, StringComparison.Ordinal);
        Assert.Equal("no end", line.Exception!.Message);
    }

    [Fact]
    public async Task An_attempt_can_be_stopped_at_the_very_moment_at_which_it_has_ended()
    {
        var time = new FakeTimeProvider();
        var now = time.GetUtcNow();
        var attempt = new ActiveTask(new LeasedTask(RuntimeFixture.Message(), "owner", now), time, now, now.AddHours(1));
        var token = attempt.Token;

        // Whoever ends it has done so by the time that whoever stops it comes to cancel its token.
        await attempt.DisposeAsync();
        Assert.True(attempt.TryStop(StopReason.Shutdown));

        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_retry_delay_that_blocks_while_tasks_are_taken_back_does_not_keep_the_server_from_shutting_down()
    {
        using var blocking = new ManualResetEventSlim();
        var called = new TaskCompletionSource();
        await using var server = await RuntimeFixture.OpenAsync(
            static (_, _, _) => Task.CompletedTask,
            options => options.RetryDelay = (_, _, _) =>
            {
                called.TrySetResult();
                blocking.Wait(CancellationToken.None);
                return TimeSpan.Zero;
            });
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(), Token);
        await server.Broker.DequeueAsync("default", 1, TimeSpan.FromSeconds(1), Token);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        server.Runtime.Start();
        await Eventually.ComesAsync(called.Task);
        try
        {
            var shutdown = server.Runtime.ShutdownAsync(Token);

            await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(1), () => shutdown.IsCompleted);
        }
        finally
        {
            blocking.Set();
        }
    }

    private sealed class Component(Exception? failure = null) : IServerComponent
    {
        internal bool HasEnded { get; private set; }

        public void Start()
        {
        }

        public async Task ShutdownAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            HasEnded = true;
            if (failure is not null)
            {
                throw failure;
            }
        }
    }
}
