using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>What the table of outcomes leaves open: attempts in a row, missed and late signals.</summary>
public sealed class OutcomeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [EachBackend]
    public async Task A_failure_is_retried_and_counted_until_it_succeeds(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var seen = new List<int>();
        await using var host = await TestHost.StartAsync(database, (_, context, _) =>
        {
            seen.Add(context.RetryCount);
            return context.RetryCount < 2 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        });

        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        await host.GoneAsync(task);

        Assert.Equal([0, 1, 2], seen);
        Assert.Equal("3", await database.Database.StringGetAsync("asynq:{default}:processed"));
        Assert.Equal("2", await database.Database.StringGetAsync("asynq:{default}:failed"));
    }

    [Theory]
    [EachBackend]
    public async Task A_failure_with_no_retries_left_is_archived_with_its_error(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(
            database, static (_, _, _) => throw new InvalidOperationException("broken for good"));

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 1 }, Token);
        var archived = await host.InStateAsync(task, TaskState.Archived);

        Assert.Equal(1, archived.Retried);
        Assert.Equal("broken for good", archived.LastError);
        Assert.NotNull(archived.LastFailedAt);
    }

    [Theory]
    [EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.IsFailure))]
    public async Task What_is_no_failure_is_retried_uncounted_even_at_the_maximum(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var attempts = 0;
        await using var host = await TestHost.StartAsync(
            database,
            (_, context, _) =>
            {
                Assert.Equal(0, context.RetryCount);
                return ++attempts < 4 ? throw new TimeoutException("busy") : Task.CompletedTask;
            },
            static options => options.IsFailure = static error => error is not TimeoutException);

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 0 }, Token);
        await host.GoneAsync(task);

        Assert.Equal(4, attempts);
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:failed"));
    }

    [Theory]
    [EachBackend]
    public async Task An_attempt_ends_at_the_earlier_of_timeout_and_deadline(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var deadlines = new System.Collections.Concurrent.ConcurrentDictionary<string, DateTimeOffset>();
        await using var host = await TestHost.StartAsync(database, (job, context, _) =>
        {
            deadlines[job.Text] = context.Deadline;
            return Task.CompletedTask;
        });
        var now = TimeProvider.System.GetUtcNow();
        var (hour, day) = (TimeSpan.FromHours(1), TimeSpan.FromDays(1));

        foreach (var (name, options) in ((string, EnqueueOptions)[])
        [
            ("timeout first", new() { Timeout = hour, Deadline = now + day }),
            ("deadline first", new() { Timeout = day, Deadline = now + hour }),
            ("deadline alone", new() { Deadline = now + day }),
        ])
        {
            await host.GoneAsync(await host.Client.EnqueueAsync(new Job(name), options, Token));
        }

        Assert.InRange(deadlines["timeout first"], now + hour, now + (hour * 2));
        Assert.InRange(deadlines["deadline first"], now + (hour / 2), now + hour + TimeSpan.FromMinutes(1));
        Assert.InRange(deadlines["deadline alone"], now + (day / 2), now + day + TimeSpan.FromMinutes(1));
    }

    [Theory]
    [EachBackend]
    public async Task A_cancelled_task_is_archived_with_the_reason(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(database, async (_, _, token) =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });

        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        await Eventually.ComesAsync(started.Task);

        // A message is heard by nobody before the server has subscribed, which it does while it starts.
        await Eventually.TrueAsync(
            async () => await database.Multiplexer.GetSubscriber().PublishAsync(
                StackExchange.Redis.RedisChannel.Literal("asynq:cancel"), task.Id) > 0,
            "somebody heard it");
        var archived = await host.InStateAsync(task, TaskState.Archived);

        Assert.Contains("cancelled", archived.LastError, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.RetryCancelledTasks))]
    public async Task A_missed_cancellation_is_found_by_the_heartbeat_and_may_be_retried(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            database,
            async (_, _, token) =>
            {
                started.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            },
            static options =>
            {
                options.RetryCancelledTasks = true;
                options.RetryDelay = static (_, _, _) => TimeSpan.FromHours(1);
            });

        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        await Eventually.ComesAsync(started.Task);
        var key = $"asynq:{{default}}:t:{task.Id}";
        await database.Database.HashSetAsync(key, "cancel", await database.Database.HashGetAsync(key, "owner"));
        var waiting = await host.InStateAsync(task, TaskState.Retry);

        Assert.Equal(1, waiting.Retried);
    }

    [Theory]
    [EachBackend]
    public async Task A_lost_lease_cancels_the_handler_and_nothing_is_written(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new TaskCompletionSource();
        var ended = new TaskCompletionSource<bool>();
        await using var host = await TestHost.StartAsync(database, async (_, context, token) =>
        {
            started.TrySetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }
            finally
            {
                ended.TrySetResult(await context.WriteResultAsync("late"u8.ToArray(), Token));
            }
        });

        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        await Eventually.ComesAsync(started.Task);
        var key = $"asynq:{{default}}:t:{task.Id}";
        await database.Database.HashSetAsync(key, "owner", "somebody else");

        Assert.False(await Eventually.ComesAsync(ended.Task));
        await Eventually.TrueAsync(
            () => host.Log.Lines.Any(line => line.Text.Contains("no longer this server's", StringComparison.Ordinal)), "logged");
        Assert.Equal(TaskState.Active, (await host.Inspector.GetTaskAsync("default", task.Id, Token))!.State);
        Assert.False(await database.Database.HashExistsAsync(key, "result"));
    }

    [Theory]
    [InlineData(Backend.Redis, UnhandledTaskPolicy.Retry, TaskState.Retry)]
    [InlineData(Backend.Redis, UnhandledTaskPolicy.Archive, TaskState.Archived)]
    [InlineData(Backend.Embedded, UnhandledTaskPolicy.Retry, TaskState.Retry)]
    [InlineData(Backend.Embedded, UnhandledTaskPolicy.Archive, TaskState.Archived)]
    [ShowsOption(nameof(AsynqServerOptions.UnhandledTasks))]
    public async Task An_option_forces_what_becomes_of_unknown_types_and_unreadable_payloads(
        Backend backend, UnhandledTaskPolicy policy, TaskState expected)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        if (policy == UnhandledTaskPolicy.Archive)
        {
            // By itself, either would have its task kept.
            var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);
            await GoServer.WriteAsync(broker, "default", pid: 1);
            await GoServer.WriteAsync(broker, "default", new ServerDetail { BuildId = "newer" }, pid: 2);
        }

        await using var host = await TestHost.StartAsync(
            database, static (_, _, _) => Task.CompletedTask, options => options.UnhandledTasks = policy);

        var unknown = await host.Client.EnqueueAsync(new Stranger("x"), null, Token);
        var unreadable = await host.Client.EnqueueAsync(new Garbled(), null, Token);

        await host.InStateAsync(unknown, expected);
        await host.InStateAsync(unreadable, expected);
    }

    [Theory, EachBackend]
    public async Task An_error_handler_that_blocks_its_thread_holds_neither_a_slot_nor_the_shutdown(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, TestContext.Current.CancellationToken);
        using var blocking = new ManualResetEventSlim();
        var host = await TestHost.StartAsync(
            database,
            static (_, _, _) => throw new SkipRetryException("no"),
            options => options.ErrorHandler = _ =>
            {
                blocking.Wait(TestContext.Current.CancellationToken);
                return Task.CompletedTask;
            });
        await using var disposed = host;
        var task = await host.Client.EnqueueAsync(new Job("a"), cancellationToken: TestContext.Current.CancellationToken);

        await host.InStateAsync(task, TaskState.Archived);

        await Eventually.ComesAsync(host.StopAsync());
        blocking.Set();
    }
}
