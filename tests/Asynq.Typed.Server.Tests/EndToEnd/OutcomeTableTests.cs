using System.Reflection;
using System.Runtime.CompilerServices;
using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>
/// The table of outcomes in the server room's README, one test for each row: the test's name is the row's, and the row is what
/// it expects.
/// </summary>
public sealed class OutcomeTableTests
{
    private static readonly JobHandling UntilCancelled =
        static (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task Success(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, static (_, _, _) => Task.CompletedTask);

        Assert.Equal(Expected(), await scene.RunAsync());
        Assert.Equal(0, await scene.Database.ListLengthAsync(scene.Keys.Active));
        Assert.Equal(0, await scene.Database.SortedSetLengthAsync(scene.Keys.Lease));
    }

    [Theory, EachBackend]
    public async Task Success_with_a_retention(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(
            backend, static async (_, context, token) => Assert.True(await context.WriteResultAsync("42"u8.ToArray(), token)));

        Assert.Equal(Expected(), await scene.RunAsync(new() { Retention = TimeSpan.FromHours(1) }));
        var done = await scene.TaskAsync();
        Assert.Equal("42"u8, done.Result.Span);
        Assert.NotNull(done.CompletedAt);
    }

    [Theory, EachBackend]
    public async Task Exception(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, static (_, _, _) => throw new FormatException("broken"));

        var before = TimeProvider.System.GetUtcNow();
        Assert.Equal(Expected(), await scene.RunAsync());
        var waits = await scene.TaskAsync();
        Assert.Equal("broken", waits.LastError);

        // What RetryDelay says. To the second, as a score is, and by Redis' clock.
        var (delay, slack) = (TimeSpan.FromHours(1), TimeSpan.FromSeconds(2));
        Assert.InRange(
            waits.NextProcessAt!.Value, before + delay - slack, TimeProvider.System.GetUtcNow() + delay + slack);
    }

    [Theory, EachBackend]
    public async Task Exception_at_the_last_retry(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, static (_, _, _) => throw new FormatException("broken"));

        Assert.Equal(Expected(), await scene.RunAsync(new() { MaxRetry = 0 }));
        Assert.Equal("broken", (await scene.TaskAsync()).LastError);
    }

    [Theory, EachBackend]
    public async Task Skip_retry(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(
            backend, static (_, _, _) => throw new InvalidOperationException("outer", new SkipRetryException("never")));

        Assert.Equal(Expected(), await scene.RunAsync());
        Assert.Equal("outer", (await scene.TaskAsync()).LastError);
    }

    [Theory, EachBackend]
    public async Task Revoke(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(
            backend, static (_, _, _) => throw new AggregateException(new RevokeTaskException("out of date")));

        Assert.Equal(Expected(), await scene.RunAsync(new() { Retention = TimeSpan.FromHours(1) }));
    }

    [Theory, EachBackend]
    public async Task Not_a_failure(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(
            backend,
            static (_, _, _) => throw new TimeoutException("busy"),
            static options => options.IsFailure = static error => error is not TimeoutException);

        Assert.Equal(Expected(), await scene.RunAsync(new() { MaxRetry = 0 }));
        Assert.Equal("busy", (await scene.TaskAsync()).LastError);
    }

    [Theory, EachBackend]
    public async Task Deferred(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(
            backend,
            static (_, _, _) => throw new InvalidOperationException(
                "outer", new DeferTaskException(TimeSpan.FromHours(1), "not now")));

        Assert.Equal(Expected(), await scene.RunAsync(new() { MaxRetry = 0 }));
        Assert.Equal("not now", (await scene.TaskAsync()).LastError);
    }

    [Theory, EachBackend]
    public async Task Timeout_(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, UntilCancelled);

        Assert.Equal(Expected(), await scene.RunAsync(new() { Timeout = TimeSpan.FromSeconds(1) }));
        Assert.Contains("deadline", (await scene.TaskAsync()).LastError, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task Deadline_past_at_the_start(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, static (_, _, _) => Task.CompletedTask);

        Assert.Equal(Expected(), await scene.RunAsync(new() { Deadline = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000) }));
        Assert.Contains("deadline", (await scene.TaskAsync()).LastError, StringComparison.Ordinal);
        Assert.Equal(0, scene.Runs);
    }

    [Theory, EachBackend]
    public async Task Lease_lost(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, UntilCancelled);

        var outcome = await scene.RunAsync(
            during: task => scene.Database.HashSetAsync(scene.Keys.Task(task.Id), "owner", "somebody else"));

        Assert.Equal(Expected(), outcome);
        Assert.Equal("somebody else", await scene.Database.HashGetAsync(scene.Keys.Task(scene.TaskId), "owner"));
    }

    [Theory, EachBackend]
    public async Task Lease_over_before_the_start(Backend backend)
    {
        var lease = TimeSpan.FromSeconds(1.5);
        await using var scene = await OutcomeScene.OpenAsync(backend, static (_, _, _) => Task.CompletedTask, options =>
        {
            options.HeartbeatInterval = lease / 3;
            options.LeaseDuration = lease;
            options.LeaseGrace = TimeSpan.FromMinutes(1);
        });
        var task = await scene.EnqueueAsync(new Job("x"));
        var answer = scene.Redis.Hold("dequeue.lua");

        // A heartbeat that comes between the answer and the start would find that nobody has taken the task yet.
        var stuck = scene.Redis.Hang("extend-lease.lua", scene.Keys.Active);
        await scene.Host.StartAsync();
        await scene.Host.InStateAsync(task, TaskState.Active);
        var broker = await scene.BrokerAsync();
        var leased = broker.Now;
        await Eventually.TrueAsync(() => broker.Now > leased + lease, "the lease is over");

        answer.SetResult();

        await Eventually.TrueAsync(
            () => scene.Host.Log.Lines.Any(static line => line.Text.Contains("was over before", StringComparison.Ordinal)),
            "it is given up");
        stuck.Dispose();
        Assert.Equal(Expected(), await scene.EndAsync());
        Assert.Equal(0, scene.Runs);
    }

    [Theory, EachBackend]
    public async Task Cancelled_by_a_user(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, UntilCancelled);

        Assert.Equal(Expected(), await scene.RunAsync(during: scene.CancelAsync));
        Assert.Contains("cancelled by a user", (await scene.TaskAsync()).LastError, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task Cancelled_with_the_option_to_retry(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(
            backend, UntilCancelled, static options => options.RetryCancelledTasks = true);

        Assert.Equal(Expected(), await scene.RunAsync(during: scene.CancelAsync));
        Assert.Contains("cancelled by a user", (await scene.TaskAsync()).LastError, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task Shutdown(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(
            backend,
            UntilCancelled,
            static options =>
            {
                options.Concurrency = 1;
                options.ShutdownTimeout = TimeSpan.Zero;
            });

        var outcome = await scene.RunAsync(during: async _ =>
        {
            await scene.Host.Client.EnqueueAsync(new Job("waits behind it"), new() { Queue = scene.Queue }, Token);
            await scene.Host.StopAsync();
        });

        Assert.Equal(Expected(), outcome);
        Assert.Equal(scene.TaskId, await scene.Database.ListGetByIndexAsync(scene.Keys.Pending, -1));
        Assert.False(await scene.Database.HashExistsAsync(scene.Keys.Task(scene.TaskId), "owner"));
    }

    [Theory, EachBackend]
    public async Task Unknown_type(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, UntilCancelled);

        Assert.Equal(Expected(), await scene.RunAsync(new Stranger("x")));
        var error = (await scene.TaskAsync()).LastError;
        Assert.Contains("'test:stranger'", error, StringComparison.Ordinal);
        Assert.Contains("test:job", error, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task Unknown_type_that_another_server_may_know(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, UntilCancelled);
        await GoServer.WriteAsync(await scene.BrokerAsync(), scene.Queue);

        Assert.Equal(Expected(), await scene.RunAsync(new Stranger("x"), new() { MaxRetry = 0 }));
        await scene.IsDueInHalfAMinuteAsync();
    }

    [Theory, EachBackend]
    public async Task Unreadable_payload(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, UntilCancelled);

        Assert.Equal(Expected(), await scene.RunAsync(new Garbled()));
        Assert.StartsWith(
            $"The payload of task {scene.TaskId} cannot be read as 'test:job': ",
            (await scene.TaskAsync()).LastError,
            StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task Unreadable_payload_that_another_build_may_read(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, UntilCancelled);
        await GoServer.WriteAsync(await scene.BrokerAsync(), scene.Queue, new ServerDetail { BuildId = "newer" });

        Assert.Equal(Expected(), await scene.RunAsync(new Garbled(), new() { MaxRetry = 0 }));
        await scene.IsDueInHalfAMinuteAsync();
    }

    [Theory, EachBackend]
    public async Task Undecodable_message(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, UntilCancelled);
        var task = await scene.EnqueueAsync(new Job("x"));
        await scene.Database.HashSetAsync(scene.Keys.Task(task.Id), "msg", "no message");
        await scene.Host.StartAsync();

        await Eventually.TrueAsync(
            async () => await scene.Database.SortedSetLengthAsync(scene.Keys.Archived) == 1, "it is archived");

        Assert.Equal(Expected(), await scene.EndAsync());
        Assert.Equal("no message", await scene.Database.HashGetAsync(scene.Keys.Task(task.Id), "msg"));
        Assert.True(await scene.Database.HashExistsAsync(scene.Keys.Task(task.Id), "reason"));
    }

    [Theory, EachBackend]
    public async Task Crash(Backend backend)
    {
        await using var scene = await OutcomeScene.OpenAsync(backend, UntilCancelled, static options =>
        {
            options.LeaseGrace = TimeSpan.Zero;
            options.RecovererInterval = TimeSpan.FromMilliseconds(200);
        });
        var task = await scene.EnqueueAsync(new Job("x"));
        var broker = await scene.BrokerAsync();
        Assert.Single((await broker.DequeueAsync(scene.Queue, 1, TimeSpan.FromSeconds(1), Token)).Tasks);
        await scene.Host.StartAsync();

        await scene.Host.InStateAsync(task, TaskState.Retry);

        Assert.Equal(Expected(), await scene.EndAsync());
        Assert.Equal("asynq: task lease expired", (await scene.TaskAsync()).LastError);
    }

    [Fact]
    public void Each_row_of_the_table_is_a_test()
    {
        var tests = typeof(OutcomeTableTests).GetMethods()
            .Where(method => method.GetCustomAttribute<TheoryAttribute>() is not null)
            .Select(method => method.Name.Replace('_', ' ').Trim());
        var rows = Readme.Table("outcome").Select(row => row[0]);

        Assert.Equal(rows.Order(), tests.Order());
    }

    private static Outcome Expected([CallerMemberName] string test = "") => OutcomeRow.Of(test.Replace('_', ' ').Trim());
}
