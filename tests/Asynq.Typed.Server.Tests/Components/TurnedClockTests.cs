using Asynq.Typed.Redis;
using Asynq.Typed.Routing;
using Asynq.Typed.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>The components on a real store, with a clock that only the test turns.</summary>
public sealed class TurnedClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crashed_servers_task_without_retries_is_archived_as_asynq_does()
    {
        await using var server = await RuntimeFixture.OpenAsync(static (_, _, _) => Task.CompletedTask);
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(retry: 0), Token);
        await server.Broker.DequeueAsync("default", 1, TimeSpan.FromSeconds(30), Token);
        server.Runtime.Start();

        await Clock.TurnUntilAsync(
            server.Time, Second, async () => await server.StateAsync("one") == TaskState.Archived);

        var task = await server.Broker.GetTaskInfoAsync("default", "one", Token);
        Assert.Equal("asynq: task lease expired", task!.LastError);
    }

    [Theory]
    [EachBackend]
    public async Task A_long_task_keeps_its_lease_and_is_not_taken_back(Backend backend)
    {
        var runs = 0;
        var release = new TaskCompletionSource();
        await using var server = await RuntimeFixture.OpenAsync(
            (_, _, _) =>
            {
                runs++;
                return release.Task;
            },
            null,
            backend);
        var message = RuntimeFixture.Message();
        message.Timeout = 100_000;
        await server.Broker.EnqueueAsync(message, Token);
        server.Runtime.Start();
        await Eventually.TrueAsync(() => runs == 1, "it runs");

        await server.TurnWhileExtendedAsync(Assert.Single(server.Runtime.Active.All), TimeSpan.FromMinutes(5));
        release.SetResult();
        await Eventually.TrueAsync(async () => await server.StateAsync("one") is null, "done");

        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_lease_that_cannot_be_extended_ends_the_attempt_when_it_runs_out()
    {
        var ended = new TaskCompletionSource<DateTimeOffset>();
        DateTimeOffset started = default;
        var server = await RuntimeFixture.OpenAsync(static (_, _, _) => Task.CompletedTask);
        await using var disposed = server;
        var now = server.Time.GetUtcNow();
        var active = new ActiveTask(
            new LeasedTask(RuntimeFixture.Message(), "owner", now + TimeSpan.FromSeconds(30)),
            server.Time,
            now,
            now + TimeSpan.FromHours(1));
        started = now;
        active.Token.Register(() => ended.SetResult(server.Time.GetUtcNow()));
        server.Runtime.Active.Add(active);
        await server.Database.Database.StringSetAsync("asynq:{default}:active", "makes every extension fail");
        server.Runtime.Start();

        await Clock.TurnUntilAsync(server.Time, Second, () => ended.Task.IsCompleted);

        Assert.Equal(StopReason.LeaseLost, active.Reason);
        Assert.InRange(await ended.Task - started, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(50));
        server.Runtime.Active.Remove(active);
    }

    [Fact]
    public async Task A_server_that_polls_seldom_fetches_soon_after_a_long_failure()
    {
        var ran = new TaskCompletionSource();
        await using var server = await RuntimeFixture.OpenAsync(
            (_, _, _) =>
            {
                ran.TrySetResult();
                return Task.CompletedTask;
            },
            static options => options.TaskCheckInterval = TimeSpan.FromHours(12));
        await server.Database.Database.StringSetAsync("asynq:{default}:pending", "makes every fetch fail");
        server.Runtime.Start();
        var broken = server.Time.GetUtcNow();
        await Clock.TurnUntilAsync(
            server.Time, TimeSpan.FromSeconds(10), () => server.Time.GetUtcNow() - broken > TimeSpan.FromHours(1));

        await server.Database.Database.KeyDeleteAsync("asynq:{default}:pending");
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(), Token);
        var mended = server.Time.GetUtcNow();
        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromMilliseconds(100), () => ran.Task.IsCompleted);

        Assert.InRange(server.Time.GetUtcNow() - mended, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Completed_tasks_are_deleted_when_their_retention_has_ended()
    {
        await using var server = await RuntimeFixture.OpenAsync(static (_, _, _) => Task.CompletedTask);
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(retention: 60), Token);
        server.Runtime.Start();
        await Eventually.TrueAsync(async () => await server.StateAsync("one") == TaskState.Completed, "completed");
        var completed = server.Time.GetUtcNow();

        await Clock.TurnUntilAsync(server.Time, Second, async () => await server.StateAsync("one") is null);

        Assert.InRange(server.Time.GetUtcNow() - completed, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(120));
    }

    [Theory, EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.HealthCheck))]
    public async Task The_health_check_is_called_at_its_interval_and_told_why_Redis_does_not_answer(Backend backend)
    {
        var told = new System.Collections.Concurrent.ConcurrentQueue<Exception?>();
        await using var server = await RuntimeFixture.OpenAsync(
            static (_, _, _) => Task.CompletedTask, options => options.HealthCheck = told.Enqueue, backend);
        server.Runtime.Start();
        var next = server.Time.GetUtcNow() + server.Settings.Options.HealthCheckInterval;
        await Eventually.TrueAsync(() => told.Count == 1 && server.Time.IsSet(next, next), "called at the start, and it waits");
        server.Time.Advance(next - server.Time.GetUtcNow());
        await Eventually.TrueAsync(() => told.Count == 2, "called at the interval");
        Assert.All(told, Assert.Null);

        var failing = server.Redis.FailPings();
        await Clock.TurnUntilAsync(server.Time, Second, () => told.Count >= 4);
        failing.Dispose();
        var before = told.Count;
        await Clock.TurnUntilAsync(server.Time, Second, () => told.Count >= before + 2);

        Assert.Contains(told, static error => error is RedisUnreachableException);
        Assert.Null(told.Last());
    }

    [Fact]
    public void Senders_shut_down_before_receivers_and_the_heartbeater_last()
    {
        var runtime = new ServerRuntime(
            null!,
            ServerSettings.From(new AsynqServerOptions()),
            new ServerIdentity(DateTimeOffset.UnixEpoch, static () => AsynqServerState.Active),
            new TaskRouter([], [], []),
            null!,
            TimeProvider.System,
            NullLogger.Instance);
        var stages = runtime.ShutdownStages
            .SelectMany((stage, at) => stage.Select(component => (component.GetType(), at)))
            .ToDictionary(pair => pair.Item1, pair => pair.at);

        Assert.True(stages[typeof(Processor)] < stages[typeof(Syncer)]);
        Assert.True(stages[typeof(Processor)] < stages[typeof(Subscriber)]);
        Assert.True(stages[typeof(Syncer)] < stages[typeof(Heartbeater)]);
        Assert.All(stages, stage => Assert.True(
            stage.Key == typeof(Heartbeater) || stage.Value < stages[typeof(Heartbeater)]));
        Assert.True(stages[typeof(Aggregator)] < stages[typeof(Syncer)]);
        Assert.Equal(11, stages.Count);
        var written = Readme.Lines.Where(static line => line.Length > 3 && char.IsAsciiDigit(line[0]) && line[1] == '.')
            .Select(static line => line[3..].Split(", ").Select(static name => name.Trim('`')));
        Assert.Equal(
            runtime.ShutdownStages.Select(static stage => stage.Select(static component => component.GetType().Name).Order()),
            written.Select(static names => names.Order()));
    }
}
