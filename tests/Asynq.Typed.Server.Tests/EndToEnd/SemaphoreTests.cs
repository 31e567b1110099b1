using System.Collections.Concurrent;
using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>Tasks that run at most so many at once, on all servers together.</summary>
public sealed class SemaphoreTests
{
    private const string Scope = "printer";
    private const string Key = "asynq:sema:printer";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [EachBackend]
    public async Task Two_servers_never_run_more_at_once_and_every_task_runs_once(Backend backend)
    {
        const int Max = 3;
        const int Tasks = 60;
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var running = 0;
        var most = 0;
        var ran = new ConcurrentQueue<string>();
        async Task HandleAsync(Job job, TaskContext context, CancellationToken cancellationToken)
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
            ran.Enqueue(context.TaskId);
            Interlocked.Decrement(ref running);
        }

        await using var one = await StartAsync(database, HandleAsync, Quick(Max));
        await using var two = await StartAsync(database, HandleAsync, Quick(Max));
        var ids = new List<string>();
        await foreach (var result in one.Client.EnqueueManyAsync(
            Enumerable.Range(0, Tasks).Select(i => new Job($"{i}")), new() { MaxRetry = 0 }, Token))
        {
            ids.Add(result.Task!.Id);
        }

        await Eventually.TrueAsync(() => ran.Count >= Tasks, "all have run");
        await Eventually.TrueAsync(async () => !await database.Database.KeyExistsAsync(Key), "all tokens are back");

        Assert.Equal(ids.Order(), ran.Order());
        Assert.InRange(most, 2, Max);
        await Eventually.TrueAsync(
            async () => await database.Database.StringGetAsync("asynq:{default}:processed") == $"{Tasks}", "all are counted");
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:failed"));
    }

    [Theory]
    [EachBackend]
    public async Task A_task_without_a_token_waits_unrun_and_uncounted_until_the_token_of_a_crashed_server_expires(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(3).ToUnixTimeSeconds();
        await database.Database.SortedSetAddAsync(Key, "of a server that crashed", deadline);
        var ranAt = new TaskCompletionSource<DateTimeOffset>();
        await using var host = await StartAsync(
            database,
            (_, context, _) =>
            {
                Assert.Equal(0, context.RetryCount);
                ranAt.TrySetResult(TimeProvider.System.GetUtcNow());
                return Task.CompletedTask;
            },
            Quick(1));

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 0 }, Token);
        await Eventually.TrueAsync(
            async () => await host.Inspector.GetTaskAsync("default", task.Id) is { LastError: not null } waiting
                && waiting is { Retried: 0, State: not TaskState.Archived }
                && waiting.LastError == "All 1 tokens of semaphore 'printer' are taken.",
            "it waits");

        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:processed"));
        Assert.True(await Eventually.ComesAsync(ranAt.Task) >= DateTimeOffset.FromUnixTimeSeconds(deadline));
        await host.GoneAsync(task);
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:failed"));
    }

    public static MatrixTheoryData<Backend, string> Ends => new(
        Enum.GetValues<Backend>(), ["returns", "throws", "revokes", "runs out of time", "is cancelled"]);

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task The_token_is_given_back_however_the_attempt_ends(Backend backend, string how)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var held = new TaskCompletionSource<long>();
        await using var host = await StartAsync(
            database,
            async (_, _, token) =>
            {
                held.TrySetResult(await database.Database.SortedSetLengthAsync(Key));
                switch (how)
                {
                    case "throws":
                        throw new SkipRetryException("no");
                    case "revokes":
                        throw new RevokeTaskException("no");
                    case "runs out of time" or "is cancelled":
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                        break;
                }
            },
            Quick(1));

        var task = await host.Client.EnqueueAsync(
            new Job("x"), new() { MaxRetry = 0, Timeout = TimeSpan.FromSeconds(how == "runs out of time" ? 1 : 60) }, Token);
        Assert.Equal(1, await Eventually.ComesAsync(held.Task));
        if (how == "is cancelled")
        {
            await host.Inspector.CancelTaskAsync("default", task.Id, Token);
        }

        await Eventually.TrueAsync(
            async () => await database.Database.SortedSetLengthAsync(Key) == 0
                && await host.Inspector.GetTaskAsync("default", task.Id) is null or { State: TaskState.Archived },
            "the attempt has ended and its token is back");
    }

    [Theory, EachBackend]
    public async Task A_shutdown_gives_tokens_back_with_the_tasks(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            database.ConnectionString,
            async (_, _, token) =>
            {
                started.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            },
            static options => options.ShutdownTimeout = TimeSpan.Zero,
            asynq => asynq.UseSemaphore(Scope, Quick(1)));

        await host.Client.EnqueueAsync(new Job("x"), null, Token);
        await Eventually.ComesAsync(started.Task);
        await host.StopAsync();

        Assert.False(await database.Database.KeyExistsAsync(Key));
        Assert.Equal(1, await database.Database.ListLengthAsync("asynq:{default}:pending"));
    }

    [Theory, EachBackend]
    public async Task Only_the_tasks_of_its_types_and_queues_are_limited(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await database.Database.SortedSetAddAsync(Key, "takes the only token", 4_000_000_000);
        await using var host = await TestHost.StartAsync(
            database.ConnectionString,
            static (_, _, _) => Task.CompletedTask,
            static options => options.Queues = new() { ["slow"] = 1, ["default"] = 1 },
            static asynq => asynq
                .AddHandlers(new TaskMux { NotFound = static (_, _) => Task.CompletedTask })
                .UseSemaphore<Job>(Scope, 1)
                .UseSemaphore(Scope, static options => options.Queues.Add("slow")));

        await host.GoneAsync(await host.Client.EnqueueAsync(new Job("not slow"), null, Token));
        await host.GoneAsync(await host.Client.EnqueueAsync(new Stranger("no job"), new() { Queue = "slow" }, Token));
        var limited = await host.Client.EnqueueAsync(new Job("both"), new() { Queue = "slow" }, Token);

        var waiting = await host.InStateAsync(limited, TaskState.Retry);
        var wait = waiting.NextProcessAt!.Value - limited.NextProcessAt!.Value;
        Assert.InRange(wait, TimeSpan.FromSeconds(4), TimeSpan.FromMinutes(5));
    }

    [Theory, EachBackend]
    public async Task A_semaphores_key_that_is_something_else_defers_the_task_and_is_left_alone(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await database.Database.StringSetAsync(Key, "somebody's own");
        await using var host = await StartAsync(database, static (_, _, _) => Task.CompletedTask, Quick(1));

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 0 }, Token);
        await Eventually.TrueAsync(
            async () => await host.Inspector.GetTaskAsync("default", task.Id, Token) is { LastError: not null } waiting
                && waiting is { Retried: 0, State: not TaskState.Archived }
                && waiting.LastError.Contains("Semaphore 'printer' could not be asked", StringComparison.Ordinal),
            "it waits and says why");

        Assert.Equal("somebody's own", await database.Database.StringGetAsync(Key));
        await database.Database.KeyDeleteAsync(Key);
        await host.GoneAsync(task);
    }

    [Fact]
    public async Task A_Redis_that_refuses_the_semaphore_defers_the_task_and_says_so()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Redis, Token);
        await database.Database.ExecuteAsync(
            "ACL", "SETUSER", "narrow", "on", ">secret", "~asynq:{*", "~asynq:queues", "~asynq:servers*", "~asynq:workers*",
            "~asynq:x:*", "&*", "+@all");
        await using var host = await TestHost.StartAsync(
            $"{database.ConnectionString},user=narrow,password=secret",
            static (_, _, _) => Task.CompletedTask,
            null,
            static asynq => asynq.UseSemaphore<Job>(Scope, 1));

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { MaxRetry = 0 }, Token);
        var waiting = await host.InStateAsync(task, TaskState.Retry);

        Assert.Equal(0, waiting.Retried);
        Assert.Contains("Semaphore 'printer' could not be asked", waiting.LastError, StringComparison.Ordinal);
        Assert.Contains(host.Log.Lines, line =>
            line.Level == LogLevel.Warning && line.Text.Contains("Semaphore 'printer'", StringComparison.Ordinal));
        await database.Database.ExecuteAsync("ACL", "DELUSER", "narrow");
    }

    [Theory]
    [EachBackend]
    public async Task A_handler_can_take_tokens_itself(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var client = await AsynqClient.ConnectAsync(database.ConnectionString, Token);
        var semaphore = new AsynqSemaphore(client, Scope, 1);
        var deadline = DateTimeOffset.FromUnixTimeSeconds(4_000_000_000);

        var token = await semaphore.TryAcquireAsync(new Attempt("a", deadline), Token);
        Assert.NotNull(token);
        Assert.Null(await semaphore.TryAcquireAsync(new Attempt("b", deadline), Token));
        await token.ReleaseAsync(Token);
        await using (await semaphore.TryAcquireAsync(new Attempt("b", DateTimeOffset.MaxValue), Token))
        {
            await token.ReleaseAsync(Token);
            Assert.Equal(1, await database.Database.SortedSetLengthAsync(Key));
        }

        Assert.False(await database.Database.KeyExistsAsync(Key));
    }

    [Fact]
    public async Task Nonsense_is_refused_with_the_name_of_the_option()
    {
        await using var client = new ServiceCollection().AddAsynq("unused").Services.BuildServiceProvider()
            .GetRequiredService<AsynqClient>();
        Assert.Throws<ArgumentException>("scope", () => new AsynqSemaphore(client, " ", 1));
        Assert.Throws<ArgumentException>("scope", () => new AsynqSemaphore(client, "\ud800", 1));
        Assert.Throws<ArgumentOutOfRangeException>("maxTokens", () => new AsynqSemaphore(client, Scope, 0));
        Assert.Throws<ArgumentException>(
            "scope", () => new ServiceCollection().AddAsynq().UseSemaphore("\t", static _ => { }));

        await using var host = TestHost.Make("unused", static (_, _, _) => Task.CompletedTask, null, static asynq => asynq
            .UseSemaphore(Scope, static options =>
            {
                options.TaskTypes.Add(" ");
#pragma warning disable ASQ3002 // What is refused at run time is given here on purpose
                options.Queues.Add("{q}");
#pragma warning restore ASQ3002
                options.Delay = TimeSpan.Zero;
            }));
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Equal(
            [
                "Semaphore 'printer': TaskSemaphoreOptions.MaxTokens is 0: it must be at least 1.",
                "Semaphore 'printer': TaskSemaphoreOptions.TaskTypes: one of the names is blank. Leave it out.",
                "Semaphore 'printer': TaskSemaphoreOptions.Queues: the name '{q}' contains a brace: braces delimit the queue's "
                    + "hash tag in Redis, leave them out.",
                "Semaphore 'printer': TaskSemaphoreOptions.Delay is 00:00:00: it must be more than zero and at most 1.00:00:00.",
            ],
            refused.Failures);
    }

    private static Task<TestHost> StartAsync(
        TestDatabase database, JobHandling handling, Action<TaskSemaphoreOptions> configure) =>
        TestHost.StartAsync(
            database.ConnectionString, handling, null, asynq => asynq.UseSemaphore(Scope, configure));

    private static Action<TaskSemaphoreOptions> Quick(int maxTokens) => options =>
    {
        options.MaxTokens = maxTokens;
        options.Delay = TimeSpan.FromMilliseconds(100);
    };

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, now, seen);
        }
    }

    private sealed class Attempt(string id, DateTimeOffset deadline) : TaskContext
    {
        public override string TaskId => id;

        public override string Type => "test:job";

        public override string Queue => "default";

        public override string? Group => null;

        public override ReadOnlyMemory<byte> Payload => default;

        public override int RetryCount => 0;

        public override int MaxRetry => 0;

        public override DateTimeOffset Deadline => deadline;

        public override IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string, string>();

        public override IServiceProvider Services => throw new NotSupportedException();

        public override Task<bool> WriteResultAsync(
            ReadOnlyMemory<byte> result, CancellationToken cancellationToken = default) => Task.FromResult(true);
    }
}
