using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>What a running server does around the attempts.</summary>
public sealed class ServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [EachBackend]
    public async Task A_handler_sees_its_task(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var seen = new TaskCompletionSource<(Job Job, TaskContext Context)>();
        await using var host = await TestHost.StartAsync(
            database,
            (job, context, _) =>
            {
                seen.TrySetResult((job, context));
                return Task.CompletedTask;
            },
            static options => options.Queues = new() { ["critical"] = 1 });

        var before = TimeProvider.System.GetUtcNow();
        await host.Client.EnqueueAsync(
            new Job("hello"),
            new()
            {
                TaskId = "one",
                Queue = "critical",
                MaxRetry = 7,
                Timeout = TimeSpan.FromMinutes(1),
                Headers = new Dictionary<string, string> { ["tenant"] = "blue" },
            },
            Token);
        var (job, context) = await Eventually.ComesAsync(seen.Task);

        Assert.Equal(new Job("hello"), job);
        Assert.Equal(("one", "test:job", "critical"), (context.TaskId, context.Type, context.Queue));
        Assert.Equal((0, 7), (context.RetryCount, context.MaxRetry));
        Assert.Null(context.Group);
        Assert.Equal("blue", Assert.Contains("tenant", context.Headers));
        Assert.InRange(context.Deadline - before, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(80));
    }

    [Fact]
    public async Task A_handlers_log_lines_say_which_task_they_are_about()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        var deadlines = new System.Collections.Concurrent.ConcurrentQueue<DateTimeOffset>();
        await using var host = await TestHost.StartAsync(database, (_, context, _) =>
        {
            deadlines.Enqueue(context.Deadline);
            HandlerLog.Ran(context.Services.GetRequiredService<ILoggerFactory>().CreateLogger("handler"));
            return context.RetryCount == 0 ? throw new InvalidOperationException("once") : Task.CompletedTask;
        });

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 7 }, Token);
        await host.GoneAsync(task);

        var lines = host.Log.Lines.Where(line => line.Category == "handler").ToList();
        Assert.Equal([0, 1], lines.Select(static line => line.Scope["RetryCount"]));
        Assert.Equal(deadlines.Cast<object>(), lines.Select(static line => line.Scope["Deadline"]));
        Assert.All(lines, line =>
        {
            Assert.Equal(
                ["Deadline", "Group", "MaxRetry", "Queue", "RetryCount", "TaskId", "TaskType"], line.Scope.Keys.Order());
            Assert.Equal(task.Id, line.Scope["TaskId"]);
            Assert.Equal("test:job", line.Scope["TaskType"]);
            Assert.Equal("default", line.Scope["Queue"]);
            Assert.Equal(7, line.Scope["MaxRetry"]);
            Assert.Null(line.Scope["Group"]);
        });
    }

    [Theory, EachBackend]
    public async Task A_task_that_left_its_group_to_run_singly_says_which_it_was(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var seen = new TaskCompletionSource<string?>();
        await using var host = await TestHost.StartAsync(
            database,
            (_, context, _) =>
            {
                HandlerLog.Ran(context.Services.GetRequiredService<ILoggerFactory>().CreateLogger("handler"));
                seen.TrySetResult(context.Group);
                return Task.CompletedTask;
            },
            static options => options.GroupMaxSize = 1);

        // Nobody aggregates jobs.
        await host.Client.EnqueueAsync(new Job("x"), new() { Group = "user:1" }, Token);

        Assert.Equal("user:1", await Eventually.ComesAsync(seen.Task));
        Assert.Equal("user:1", Assert.Single(host.Log.Lines, line => line.Category == "handler").Scope["Group"]);
    }

    [Theory]
    [EachBackend]
    public async Task A_delayed_task_starts_at_its_time_and_never_early(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new TaskCompletionSource<DateTimeOffset>();
        await using var host = await TestHost.StartAsync(
            database,
            (_, _, _) =>
            {
                started.TrySetResult(TimeProvider.System.GetUtcNow());
                return Task.CompletedTask;
            },
            static options => options.DelayedTaskCheckInterval = TimeSpan.FromMinutes(10));

        var due = TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(700);
        await host.Client.EnqueueAsync(new Job("x"), new() { ProcessAt = due }, Token);
        var at = await Eventually.ComesAsync(started.Task);

        // Both clocks are this machine's, sampled through Redis: they may differ by the time of a round trip.
        Assert.InRange(at - due, TimeSpan.FromMilliseconds(-50), TimeSpan.FromSeconds(5));
    }

    [Theory, EachBackend]
    public async Task A_handler_that_ignores_its_token_does_not_hold_its_slot(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var never = new TaskCompletionSource();
        var scopes = new AttemptScope.Log();
        await using var host = await TestHost.StartAsync(
            database.ConnectionString,
            (job, context, _) => job.Text == "stuck" && context.Services.GetRequiredService<AttemptScope>() is not null
                ? never.Task
                : Task.CompletedTask,
            static options =>
            {
                options.Concurrency = 1;
                options.RetryDelay = static (_, _, _) => TimeSpan.FromHours(1);
            },
            asynq => asynq.Services.AddSingleton(scopes).AddScoped<AttemptScope>());

        var stuck = await host.Client.EnqueueAsync(new Job("stuck"), new() { Timeout = TimeSpan.FromSeconds(1) }, Token);
        var next = await host.Client.EnqueueAsync(new Job("next"), null, Token);
        await host.GoneAsync(next);
        Assert.Contains("deadline", (await host.InStateAsync(stuck, TaskState.Retry)).LastError, StringComparison.Ordinal);
        Assert.False(scopes.Over.Task.IsCompleted);

        // Ends late, and as a success: the attempt had failed by then, and stays so.
        never.SetResult();
        await Eventually.ComesAsync(scopes.Over.Task);
        await host.StopAsync();

        var after = await host.Inspector.GetTaskAsync("default", stuck.Id, Token);
        Assert.Equal((TaskState.Retry, 1), (after!.State, after.Retried));
        Assert.Equal("2", await database.Database.StringGetAsync("asynq:{default}:processed"));
        Assert.Contains(host.Log.Lines, line => line.Text.Contains("was told to end", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.Lines, line => line.Text.Contains("came too late", StringComparison.Ordinal));
    }

    [Theory, EachBackend]
    public async Task Handlers_that_throw_at_once_or_cancel_by_themselves_fail_like_others(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = await TestHost.StartAsync(database, static (job, _, _) => job.Text == "cancels"
            ? Task.FromCanceled(new CancellationToken(canceled: true))
            : throw new ArgumentException("thrown before there was a task"));

        var throws = await host.Client.EnqueueAsync(new Job("throws"), new() { MaxRetry = 0 }, Token);
        var cancels = await host.Client.EnqueueAsync(new Job("cancels"), new() { MaxRetry = 0 }, Token);

        Assert.Equal(
            "thrown before there was a task", (await host.InStateAsync(throws, TaskState.Archived)).LastError);
        await host.InStateAsync(cancels, TaskState.Archived);
    }

    [Theory, EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.ErrorHandler))]
    public async Task The_error_handler_sees_each_failed_attempt_and_may_itself_fail(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var failures = new List<TaskFailure>();
        await using var host = await TestHost.StartAsync(
            database,
            static (_, _, _) => throw new InvalidOperationException("no"),
            options => options.ErrorHandler = failure =>
            {
                failures.Add(failure);
                throw new FormatException("the error handler is broken too");
            });

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 1 }, Token);
        await host.InStateAsync(task, TaskState.Archived);

        Assert.Equal([0, 1], failures.Select(failure => failure.Context.RetryCount));
        Assert.All(failures, failure => Assert.Equal("no", failure.Exception.Message));
        Assert.Equal(2, host.Log.Lines.Count(line => line.Exception is FormatException));
    }

    [Theory, EachBackend]
    public async Task Strict_priority_holds_for_messages_that_do_not_fit_into_one_batch(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, TestContext.Current.CancellationToken);
        var ran = new System.Collections.Concurrent.ConcurrentBag<string>();
        var release = new TaskCompletionSource();
        await using var host = TestHost.Make(
            database.ConnectionString,
            (_, context, _) =>
            {
                ran.Add(context.Queue);
                return release.Task;
            },
            static options =>
            {
                options.Queues = new() { ["high"] = 9, ["low"] = 1 };
                options.StrictPriority = true;
            });
        var large = new Job(new string('x', 700_000));
        for (var number = 0; number < 4; number++)
        {
            await host.Client.EnqueueAsync(large, new EnqueueOptions { Queue = "high" }, TestContext.Current.CancellationToken);
            await host.Client.EnqueueAsync(new Job("small"), new EnqueueOptions { Queue = "low" }, TestContext.Current.CancellationToken);
        }

        await host.StartAsync();

        await Eventually.TrueAsync(() => ran.Count == 4, "every slot is taken");
        Assert.All(ran, queue => Assert.Equal("high", queue));
        release.SetResult();
    }

    [Theory, EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.StrictPriority))]
    public async Task Strict_priority_serves_the_heavier_queue_first(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var order = new List<string>();
        await using var host = TestHost.Make(
            database.ConnectionString,
            (job, context, _) =>
            {
                order.Add(context.Queue);
                return Task.CompletedTask;
            },
            static options =>
            {
                options.Concurrency = 1;
                options.StrictPriority = true;
                options.Queues = new() { ["low"] = 1, ["high"] = 10 };
            });
        for (var i = 0; i < 10; i++)
        {
            await host.Client.EnqueueAsync(new Job("x"), new() { Queue = i % 2 == 0 ? "low" : "high" }, Token);
        }

        await host.Server.StartAsync(Token);
        await Eventually.TrueAsync(() => order.Count == 10, "all ran");

        Assert.Equal([.. Enumerable.Repeat("high", 5), .. Enumerable.Repeat("low", 5)], order);
    }

    [Theory]
    [EachBackend]
    public async Task No_task_is_lost_or_run_twice_under_load(Backend backend)
    {
        const int Tasks = 500;
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var runs = new int[Tasks];
        JobHandling count = (job, _, _) =>
        {
            Interlocked.Increment(ref runs[int.Parse(job.Text, System.Globalization.CultureInfo.InvariantCulture)]);
            return Task.CompletedTask;
        };
        await using var one = await TestHost.StartAsync(database, count, static options => options.Concurrency = 20);
        await using var two = await TestHost.StartAsync(database, count, static options => options.Concurrency = 20);

        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(number =>
            one.Client.EnqueueAsync(new Job($"{number}"), null, Token)));
        await Eventually.TrueAsync(() => runs.Sum() >= Tasks, "all ran");
        await one.StopAsync();
        await two.StopAsync();

        Assert.All(runs, times => Assert.Equal(1, times));
        Assert.Equal($"{Tasks}", await database.Database.StringGetAsync("asynq:{default}:processed"));
    }

    [Theory]
    [EachBackend]
    public async Task A_running_server_is_seen_with_its_workers(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var release = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(database, (_, _, _) => release.Task);
        var broker = new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);

        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        IReadOnlyList<WorkerInfo> workers = [];
        await Eventually.TrueAsync(
            async () => (workers = await broker.ListWorkersAsync(Token)).Count == 1, "the worker is listed");
        var server = Assert.Single(await broker.ListServersAsync(Token));
        release.SetResult();

        Assert.Equal((task.Id, "test:job", "default"), (workers[0].TaskId, workers[0].TaskType, workers[0].Queue));
        Assert.Equal(("active", 4), (server.Info.Status, server.Info.Concurrency));
        Assert.Equal(Environment.ProcessId, server.Info.Pid);
        Assert.Equal(
            ["test:digest", "test:job", "test:note", "test:question", "test:tick", "wire:json", "wire:packed"], server.Detail!.TaskTypes);
        Assert.Equal(["test:memo", "test:note", "wire:part"], server.Detail.AggregatedTypes);
        Assert.NotEmpty(server.Detail.BuildId);
    }

    [Fact]
    public async Task A_host_starts_without_Redis_and_the_server_works_once_it_is_there()
    {
        RedisServer.SkipUnlessInstalled();
        var port = FreePort();
        var ran = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            $"127.0.0.1:{port},connectTimeout=1000,connectRetry=0",
            (_, _, _) =>
            {
                ran.TrySetResult();
                return Task.CompletedTask;
            });
        Assert.Contains(host.Log.Lines, line => line.Text.Contains($"127.0.0.1:{port}", StringComparison.Ordinal));

        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Port = port }, Token);
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return await host.Client.TryEnqueueAsync(new Job("x"), null, Token) is not null;
                }
                catch (RedisUnreachableException)
                {
                    return false;
                }
            },
            "enqueued");

        await Eventually.ComesAsync(ran.Task);
        await host.StopAsync();
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
