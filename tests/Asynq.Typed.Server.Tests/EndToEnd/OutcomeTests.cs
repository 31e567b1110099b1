using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>The table of outcomes: what each end of an attempt leaves behind.</summary>
public sealed class OutcomeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [EachBackend]
    public async Task Success_leaves_nothing_but_the_figures(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(database, static (_, _, _) => Task.CompletedTask);

        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        await host.GoneAsync(task);

        Assert.Equal("1", await database.Database.StringGetAsync("asynq:{default}:processed"));
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:failed"));
        Assert.Equal(0, await database.Database.ListLengthAsync("asynq:{default}:active"));
        Assert.Equal(0, await database.Database.SortedSetLengthAsync("asynq:{default}:lease"));
    }

    [Theory]
    [EachBackend]
    public async Task A_retention_keeps_the_completed_task_and_its_result(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(
            database, static async (job, context, token) => Assert.True(await context.WriteResultAsync("42"u8.ToArray(), token)));

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { Retention = TimeSpan.FromHours(1) }, Token);
        var done = await host.InStateAsync(task, TaskState.Completed);

        Assert.Equal("42"u8, done.Result.Span);
        Assert.NotNull(done.CompletedAt);
    }

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

    [Fact]
    public async Task Skip_retry_archives_at_once_even_as_an_inner_exception()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await TestHost.StartAsync(
            database, static (_, _, _) => throw new InvalidOperationException("outer", new SkipRetryException("never")));

        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        var archived = await host.InStateAsync(task, TaskState.Archived);

        Assert.Equal(0, archived.Retried);
        Assert.Equal("outer", archived.LastError);
    }

    [Fact]
    public async Task Revoke_drops_the_task_even_where_it_has_a_retention()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await TestHost.StartAsync(
            database, static (_, _, _) => throw new RevokeTaskException("out of date"));

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { Retention = TimeSpan.FromHours(1) }, Token);
        await host.GoneAsync(task);

        Assert.Equal("1", await database.Database.StringGetAsync("asynq:{default}:processed"));
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:failed"));
    }

    [Theory]
    [EachBackend]
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
    public async Task A_timeout_cancels_the_handler_and_counts_as_a_failure(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(
            database,
            static (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token),
            static options => options.RetryDelay = static (_, _, _) => TimeSpan.FromHours(1));

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { Timeout = TimeSpan.FromSeconds(1) }, Token);
        var waiting = await host.InStateAsync(task, TaskState.Retry);

        Assert.Equal(1, waiting.Retried);
        Assert.Contains("deadline", waiting.LastError, StringComparison.Ordinal);
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

    [Fact]
    public async Task A_deadline_that_is_past_at_the_start_fails_the_attempt_without_running_it()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        var ran = false;
        await using var host = await TestHost.StartAsync(database, (_, _, _) =>
        {
            ran = true;
            return Task.CompletedTask;
        });

        var task = await host.Client.EnqueueAsync(
            new Job("x"), new() { MaxRetry = 0, Deadline = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000) }, Token);
        var archived = await host.InStateAsync(task, TaskState.Archived);

        Assert.False(ran);
        Assert.Contains("deadline", archived.LastError, StringComparison.Ordinal);
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

    [Fact]
    public async Task A_missed_cancellation_is_found_by_the_heartbeat_and_may_be_retried()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
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
    [EachBackend]
    public async Task An_unknown_type_is_archived_with_the_type_and_the_known_types(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(database, static (_, _, _) => Task.CompletedTask);

        var task = await host.Client.EnqueueAsync(new Stranger("x"), null, Token);
        var archived = await host.InStateAsync(task, TaskState.Archived);

        Assert.Contains("'test:stranger'", archived.LastError, StringComparison.Ordinal);
        Assert.Contains("test:job", archived.LastError, StringComparison.Ordinal);
        Assert.Equal(0, archived.Retried);
        var next = await host.Client.EnqueueAsync(new Job("the worker goes on"), null, Token);
        await host.GoneAsync(next);
    }

    [Theory]
    [EachBackend]
    public async Task An_unknown_type_is_left_to_a_Go_server_of_the_queue(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await GoServer.WriteAsync(database, "default");
        await using var host = await TestHost.StartAsync(database, static (_, _, _) => Task.CompletedTask);

        var task = await host.Client.EnqueueAsync(new Stranger("x"), new() { MaxRetry = 0 }, Token);
        var waiting = await host.InStateAsync(task, TaskState.Retry);

        Assert.Equal(0, waiting.Retried);
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:failed"));
        var left = waiting.NextProcessAt!.Value - TimeProvider.System.GetUtcNow();
        Assert.InRange(left, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(31));
    }

    [Theory]
    [InlineData(UnhandledTaskPolicy.Retry, TaskState.Retry)]
    [InlineData(UnhandledTaskPolicy.Archive, TaskState.Archived)]
    public async Task An_option_forces_what_becomes_of_an_unknown_type(UnhandledTaskPolicy policy, TaskState expected)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        if (policy == UnhandledTaskPolicy.Archive)
        {
            await GoServer.WriteAsync(database, "default");
        }

        await using var host = await TestHost.StartAsync(
            database, static (_, _, _) => Task.CompletedTask, options => options.UnhandledTasks = policy);

        var task = await host.Client.EnqueueAsync(new Stranger("x"), null, Token);

        await host.InStateAsync(task, expected);
    }

    [Theory]
    [EachBackend]
    public async Task An_unreadable_payload_is_archived_at_once_with_the_reason(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(database, static (_, _, _) => Task.CompletedTask);

        var task = await host.Client.EnqueueAsync(new Garbled(), null, Token);
        var archived = await host.InStateAsync(task, TaskState.Archived);

        Assert.StartsWith(
            $"The payload of task {task.Id} cannot be read as 'test:job': ", archived.LastError, StringComparison.Ordinal);
        Assert.Equal(0, archived.Retried);
    }

    [Fact]
    public async Task An_error_handler_that_blocks_its_thread_holds_neither_a_slot_nor_the_shutdown()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, TestContext.Current.CancellationToken);
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
