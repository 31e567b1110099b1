using System.Reflection;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>That each option of the server changes what it does.</summary>
public sealed class OptionTests
{
    private static readonly TimeSpan Seldom = TimeSpan.FromMinutes(10);
    private static readonly JobHandling Nothing = static (_, _, _) => Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Options => [.. typeof(AsynqServerOptions).GetProperties().Select(option => option.Name)];

    [Theory]
    [MemberData(nameof(Options))]
    public void Each_option_has_a_test_that_shows_its_effect(string option)
    {
        var shown = typeof(OptionTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .Where(method => method.GetCustomAttribute<FactAttribute>() is { Skip: null })
            .SelectMany(method => method.GetCustomAttribute<ShowsOptionAttribute>()?.Options ?? []);

        Assert.Contains(option, shown);
    }

    [Theory]
    [InlineData(nameof(AsynqServerOptions.TaskCheckInterval), "dequeue.lua")]
    [InlineData(nameof(AsynqServerOptions.DelayedTaskCheckInterval), "forward.lua")]
    [InlineData(nameof(AsynqServerOptions.JanitorInterval), "delete-expired.lua")]
    [InlineData(nameof(AsynqServerOptions.RecovererInterval), "list-leases.lua")]
    [InlineData(nameof(AsynqServerOptions.HeartbeatInterval), "write-server.lua")]
    [ShowsOption(
        nameof(AsynqServerOptions.TaskCheckInterval),
        nameof(AsynqServerOptions.DelayedTaskCheckInterval),
        nameof(AsynqServerOptions.JanitorInterval),
        nameof(AsynqServerOptions.RecovererInterval),
        nameof(AsynqServerOptions.HeartbeatInterval))]
    public async Task Redis_is_asked_no_more_often_than_an_interval_says(string option, string script)
    {
        await using var server = await RuntimeFixture.OpenAsync(Nothing, options =>
        {
            options.LeaseDuration = TimeSpan.FromHours(1);

            // A poll would spare the others their own call.
            options.TaskCheckInterval = TimeSpan.FromDays(7);
            typeof(AsynqServerOptions).GetProperty(option)!.SetValue(options, Seldom);
        });

        // One call at start, and what wakes the loop then: the subscription. The forwarder calls twice, for scheduled and retry.
        const int Calls = 12;
        const int Least = 3;
        var since = server.Time.GetUtcNow();
        server.Runtime.Start();
        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(30), () => server.CallsOf(script) >= Calls);

        // The processor's interval is jittered by a tenth.
        Assert.InRange(server.Time.GetUtcNow() - since, Seldom * Least * 0.9, TimeSpan.MaxValue);
    }

    [Fact]
    [ShowsOption(nameof(AsynqServerOptions.HealthCheckInterval))]
    public async Task The_health_check_is_called_no_more_often_than_its_interval_says()
    {
        var calls = 0;
        await using var server = await RuntimeFixture.OpenAsync(Nothing, options =>
        {
            options.HealthCheckInterval = Seldom;
            options.HealthCheck = _ => Interlocked.Increment(ref calls);
        });
        var since = server.Time.GetUtcNow();
        server.Runtime.Start();

        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(30), () => calls >= 4);

        Assert.InRange(server.Time.GetUtcNow() - since, Seldom * 3, TimeSpan.MaxValue);
    }

    [Theory]
    [EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.Concurrency))]
    public async Task As_many_tasks_run_at_once_as_Concurrency_says(Backend backend)
    {
        using var slots = new SemaphoreSlim(0);
        var running = 0;
        await using var server = await RuntimeFixture.OpenAsync(
            async (_, _, _) =>
            {
                Interlocked.Increment(ref running);
                await slots.WaitAsync(Token);
                Interlocked.Decrement(ref running);
            },
            static options => options.Concurrency = 3,
            backend);
        for (var i = 0; i < 5; i++)
        {
            await server.Broker.EnqueueAsync(RuntimeFixture.Message($"{i}"), Token);
        }

        server.Runtime.Start();
        await Eventually.TrueAsync(() => running == 3, "the slots are taken");
        server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, await server.Database.Database.ListLengthAsync("asynq:{default}:pending"));

        slots.Release();
        await Eventually.TrueAsync(
            async () => running == 3 && await server.Database.Database.ListLengthAsync("asynq:{default}:pending") == 1,
            "the next has the slot");
        slots.Release(4);
        await Eventually.TrueAsync(async () => await server.StateAsync("4") is null, "all have run");
    }

    [Theory]
    [EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.Queues))]
    public async Task Tasks_are_taken_from_the_queues_of_the_option_only(Backend backend)
    {
        await using var server = await RuntimeFixture.OpenAsync(
            Nothing, static options => options.Queues = new() { ["served"] = 2, ["ignored"] = 0 }, backend);
        foreach (var queue in (string[])["default", "ignored", "served"])
        {
            var message = RuntimeFixture.Message();
            message.Queue = queue;
            await server.Broker.EnqueueAsync(message, Token);
        }

        server.Runtime.Start();
        await Eventually.TrueAsync(
            async () => await server.Broker.GetTaskInfoAsync("served", "one", Token) is null, "the served one has run");
        server.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(TaskState.Pending, (await server.Broker.GetTaskInfoAsync("default", "one", Token))?.State);
        Assert.Equal(TaskState.Pending, (await server.Broker.GetTaskInfoAsync("ignored", "one", Token))?.State);
    }

    [Theory]
    [EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.LeaseDuration))]
    public async Task A_task_is_leased_for_as_long_as_LeaseDuration_says(Backend backend)
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var server = await RuntimeFixture.OpenAsync(
            (_, _, _) =>
            {
                started.TrySetResult();
                return release.Task;
            },
            static options => options.LeaseDuration = TimeSpan.FromSeconds(77),
            backend);
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(), Token);
        server.Runtime.Start();
        await Eventually.ComesAsync(started.Task);

        var lease = await server.Database.Database.SortedSetScoreAsync("asynq:{default}:lease", "one");
        release.SetResult();

        Assert.Equal((server.Time.GetUtcNow() + TimeSpan.FromSeconds(77)).ToUnixTimeSeconds(), lease);
    }

    [Theory]
    [EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.LeaseGrace))]
    public async Task A_lost_task_is_left_to_its_server_for_LeaseGrace(Backend backend)
    {
        await using var server = await RuntimeFixture.OpenAsync(
            Nothing,
            static options =>
            {
                options.RecovererInterval = TimeSpan.FromSeconds(5);
                options.LeaseGrace = TimeSpan.FromMinutes(10);
            },
            backend);
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(retry: 0), Token);
        await server.Broker.DequeueAsync("default", 1, TimeSpan.FromSeconds(30), Token);
        var crashedAt = server.Time.GetUtcNow();
        server.Runtime.Start();

        await Clock.TurnUntilAsync(
            server.Time, TimeSpan.FromSeconds(5), async () => await server.StateAsync("one") == TaskState.Archived);

        // To the second, as Redis has it.
        Assert.InRange(
            server.Time.GetUtcNow() - crashedAt,
            TimeSpan.FromSeconds(30 + 600 - 1),
            TimeSpan.MaxValue);
    }

    [Theory]
    [EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.JanitorBatchSize))]
    public async Task One_call_deletes_as_many_completed_tasks_as_JanitorBatchSize_says(Backend backend)
    {
        await using var server = await RuntimeFixture.OpenAsync(
            Nothing,
            static options =>
            {
                options.JanitorBatchSize = 2;
                options.JanitorInterval = TimeSpan.FromDays(1);
            },
            backend);
        for (var i = 0; i < 5; i++)
        {
            await server.Broker.EnqueueAsync(RuntimeFixture.Message($"{i}", retention: 60), Token);
        }

        var fetched = await server.Broker.DequeueAsync("default", 5, TimeSpan.FromSeconds(30), Token);
        await server.Broker.CompleteAsync(fetched.Tasks, Token);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        server.Runtime.Start();

        await Eventually.TrueAsync(
            async () => await server.Database.Database.SortedSetLengthAsync("asynq:{default}:completed") == 0, "deleted");

        // 2, 2 and 1.
        Assert.Equal(3, server.CallsOf("delete-expired.lua"));
    }

    [Theory]
    [EachBackend]
    [ShowsOption(nameof(AsynqServerOptions.ShutdownTimeout))]
    public async Task A_shutdown_waits_for_running_tasks_as_long_as_ShutdownTimeout_says(Backend backend)
    {
        var started = new TaskCompletionSource();
        await using var server = await RuntimeFixture.OpenAsync(
            (_, _, token) =>
            {
                started.TrySetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            },
            static options => options.ShutdownTimeout = TimeSpan.FromMinutes(20),
            backend);
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(), Token);
        server.Runtime.Start();
        await Eventually.ComesAsync(started.Task);

        var since = server.Time.GetUtcNow();
        var shutdown = server.Runtime.ShutdownAsync(CancellationToken.None);
        await TurnWhileHeldAsync(server, until: () => shutdown.IsCompleted);

        Assert.InRange(server.Time.GetUtcNow() - since, TimeSpan.FromMinutes(20), TimeSpan.MaxValue);
        Assert.Equal(TaskState.Pending, await server.StateAsync("one"));
    }

    /// <summary>Turns the clock no faster than leases are extended: a lost one would end the task before the timeout does.</summary>
    private static async Task TurnWhileHeldAsync(RuntimeFixture server, Func<bool> until)
    {
        while (!until())
        {
            server.Time.Advance(TimeSpan.FromSeconds(5));
            await Eventually.TrueAsync(
                () => until() || server.Runtime.Active.All.All(
                    task => task.HeldUntil - server.Time.GetUtcNow() >= TimeSpan.FromSeconds(20)),
                "the lease is extended");
        }
    }
}
