using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Asynq.Typed.Redis;
using Asynq.Typed.Server.Tests.Components;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>What the README promises, one test for each row of its table: the test's name is the row's.</summary>
public sealed class PromiseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task A_task_runs_at_least_once(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var retries = new ConcurrentQueue<int>();
        await using var host = TestHost.Make(
            database.ConnectionString,
            (_, context, _) =>
            {
                retries.Enqueue(context.RetryCount);
                return context.RetryCount < 2 ? throw new FormatException("broken") : Task.CompletedTask;
            },
            TakesBackSoon);
        var task = await host.Client.EnqueueAsync(new Job("x"), null, Token);
        Assert.Single((await BrokerOf(database).DequeueAsync("default", 1, TimeSpan.FromSeconds(1), Token)).Tasks);

        // The first attempt was that of a worker that crashed, the second fails.
        await host.StartAsync();
        await host.GoneAsync(task);

        Assert.Equal([1, 2], retries);
    }

    [Theory, EachBackend]
    public async Task A_task_has_one_live_owner_at_most(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var runs = 0;
        var release = new TaskCompletionSource();
        await using var host = TestHost.Make(
            database.ConnectionString,
            (_, _, _) =>
            {
                Interlocked.Increment(ref runs);
                return release.Task;
            },
            TakesBackSoon);
        var task = await host.Client.EnqueueAsync(new Job("x"), new() { Retention = TimeSpan.FromHours(1) }, Token);

        // A worker that was frozen past its lease, and goes on when another has its task.
        var frozen = BrokerOf(database);
        var held = Assert.Single((await frozen.DequeueAsync("default", 1, TimeSpan.FromSeconds(1), Token)).Tasks);
        await host.StartAsync();
        await Eventually.TrueAsync(() => runs == 1, "another runs it");

        Assert.Equal([held], (await frozen.ExtendLeaseAsync("default", [held], TimeSpan.FromMinutes(1), Token)).Lost);
        Assert.Equal(LeaseOutcome.Lost, await frozen.WriteResultAsync(held, "stale"u8.ToArray(), Token));
        Assert.Equal(LeaseOutcome.Lost, await frozen.RetryAsync(held, frozen.Now, "stale", isFailure: true, Token));
        Assert.Equal(LeaseOutcome.Lost, await frozen.RequeueAsync(held, Token));
        Assert.Equal(LeaseOutcome.Lost, await frozen.ArchiveAsync(held, "stale", Token));
        Assert.Equal(LeaseOutcome.Lost, await frozen.CompleteAsync(held, Token));
        release.SetResult();

        var done = await host.InStateAsync(task, TaskState.Completed);
        Assert.True(done.Result.IsEmpty);
        Assert.Equal(1, runs);
    }

    [Theory, EachBackend]
    public async Task Tasks_of_a_queue_start_in_the_order_in_which_they_were_enqueued(Backend backend)
    {
        const int Tasks = 60;
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var order = new ConcurrentQueue<string>();
        await using var host = TestHost.Make(
            database.ConnectionString,
            async (job, _, _) =>
            {
                order.Enqueue(job.Text);
                await Task.Yield();
            },
            static options => options.Concurrency = 1);
        string[] texts = [.. Enumerable.Range(0, Tasks).Select(number => $"{number}")];
        foreach (var text in texts[..(Tasks / 3)])
        {
            await host.Client.EnqueueAsync(new Job(text), null, Token);
        }

        // Alone and together, before the server runs and while it does.
        await foreach (var result in host.Client.EnqueueManyAsync(
            texts[(Tasks / 3)..(Tasks / 2)].Select(static text => new Job(text)), null, Token))
        {
            Assert.Equal(EnqueueStatus.Enqueued, result.Status);
        }

        await host.StartAsync();
        foreach (var text in texts[(Tasks / 2)..])
        {
            await host.Client.EnqueueAsync(new Job(text), null, Token);
        }

        await Eventually.TrueAsync(() => order.Count == Tasks, "all have run");
        Assert.Equal(texts, order);
    }

    [Theory, EachBackend]
    public async Task A_unique_task_is_unique_until_its_lock_is_released_or_expires(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var release = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            database, (job, _, _) => job.Text == "x" ? release.Task : Task.CompletedTask);
        var options = new EnqueueOptions { UniqueFor = TimeSpan.FromHours(1) };
        var brief = new EnqueueOptions { UniqueFor = TimeSpan.FromSeconds(2), Queue = "nobody" };

        var first = await host.Client.EnqueueAsync(new Job("x"), options, Token);
        await host.InStateAsync(first, TaskState.Active);
        var second = await host.Client.TryEnqueueAsync(new Job("x"), options, Token);
        release.SetResult();
        await host.GoneAsync(first);
        var third = await host.Client.TryEnqueueAsync(new Job("x"), options, Token);

        Assert.Equal(EnqueueStatus.Duplicate, second.Status);
        Assert.Equal(EnqueueStatus.Enqueued, third.Status);

        // One that nobody works on: its lock is never released, and ends by itself.
        await host.Client.EnqueueAsync(new Job("y"), brief, Token);
        Assert.Equal(EnqueueStatus.Duplicate, (await host.Client.TryEnqueueAsync(new Job("y"), brief, Token)).Status);
        await Eventually.TrueAsync(
            async () => (await host.Client.TryEnqueueAsync(new Job("y"), brief, Token)).Status == EnqueueStatus.Enqueued,
            "the lock has expired");
    }

    [Theory, EachBackend]
    public async Task A_tick_of_a_periodic_task_is_enqueued_once(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var schedulers = new List<AsynqScheduler>();
        try
        {
            for (var number = 0; number < 3; number++)
            {
                schedulers.Add(AsynqScheduler.Connect(database.ConnectionString));
                schedulers[number].Register("@every 1s", new Job("x"));
                await schedulers[number].StartAsync(Token);
            }

            await Eventually.TrueAsync(async () => (await TicksAsync(database)).Count >= 3, "three ticks");
            await schedulers[0].DisposeAsync();
            await Eventually.TrueAsync(async () => (await TicksAsync(database)).Count >= 6, "three more, without one of them");
        }
        finally
        {
            foreach (var scheduler in schedulers)
            {
                await scheduler.DisposeAsync();
            }
        }

        var ticks = await TicksAsync(database);
        Assert.Equal(Enumerable.Range(0, ticks.Count).Select(number => ticks[0].AddSeconds(number)), ticks);
    }

    [Theory, EachBackend]
    public async Task A_shutdown_spends_no_attempt(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        TaskInfo first;
        TaskInfo second;
        await using (var host = await TestHost.StartAsync(
            database,
            async (_, _, token) =>
            {
                started.TrySetResult();
                await using var registration = token.Register(cancelled.SetResult);
                await cancelled.Task;
                token.ThrowIfCancellationRequested();
            },
            static options =>
            {
                options.Concurrency = 1;
                options.ShutdownTimeout = TimeSpan.FromMilliseconds(100);
            }))
        {
            first = await host.Client.EnqueueAsync(new Job("1"), new() { TaskId = "1" }, Token);
            await Eventually.ComesAsync(started.Task);
            second = await host.Client.EnqueueAsync(new Job("2"), new() { TaskId = "2" }, Token);
            await host.StopAsync();

            var waiting = (await host.Inspector.GetTaskAsync("default", first.Id, Token))!;
            Assert.Equal((TaskState.Pending, 0), (waiting.State, waiting.Retried));
            Assert.Equal(AsynqServerState.Closed, host.Server.State);
        }

        // At the head of its queue, and as if it had never run.
        var order = await database.Database.ListRangeAsync("asynq:{default}:pending");
        Assert.Equal([second.Id, first.Id], Array.ConvertAll(order, id => id.ToString()));
        Assert.False(await database.Database.KeyExistsAsync("asynq:{default}:processed"));
        Assert.Equal(0, await database.Database.SortedSetLengthAsync("asynq:servers"));
    }

    [Theory, EachBackend]
    public async Task A_due_time_is_never_early(Backend backend)
    {
        var ran = new TaskCompletionSource();
        await using var server = await RuntimeFixture.OpenAsync(
            (_, _, _) =>
            {
                ran.TrySetResult();
                return Task.CompletedTask;
            },
            static options => options.DelayedTaskCheckInterval = TimeSpan.FromHours(1),
            backend);
        var due = server.Time.GetUtcNow() + TimeSpan.FromMilliseconds(2_345);
        await server.Broker.ScheduleAsync(RuntimeFixture.Message(), due, Token);
        server.Runtime.Start();

        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromMilliseconds(15), () => ran.Task.IsCompleted);

        Assert.True(server.Time.GetUtcNow() >= due);
    }

    [Theory, EachBackend]
    public async Task A_crash_is_noticed(Backend backend)
    {
        var counts = new ConcurrentQueue<int>();
        await using var server = await RuntimeFixture.OpenAsync(
            (_, context, _) =>
            {
                counts.Enqueue(context.RetryCount);
                return Task.CompletedTask;
            },
            static options =>
            {
                options.RetryDelay = static (_, error, _) => error is LeaseExpiredException ? TimeSpan.Zero : TimeSpan.FromHours(1);

                // A second more than by default: no other timer is set for the same time, so that the recoverer's can be told.
                options.RecovererInterval += TimeSpan.FromSeconds(1);
            },
            backend);
        var options = server.Settings.Options;
        var promised = options.LeaseDuration + options.LeaseGrace + options.RecovererInterval;
        Assert.Equal(TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1), promised);

        // The worst moment: as if it had crashed so late after the recoverer's first pass that the second comes a second too early.
        var start = server.Time.GetUtcNow();
        var second = start + options.RecovererInterval;
        var third = second + options.RecovererInterval;
        var crashedAt = second - options.LeaseDuration - options.LeaseGrace + TimeSpan.FromSeconds(1);
        await server.Broker.EnqueueAsync(RuntimeFixture.Message(), Token);
        Assert.Single((await server.Broker.DequeueAsync("default", 1, crashedAt + options.LeaseDuration - start, Token)).Tasks);
        server.Runtime.Start();

        await Eventually.TrueAsync(() => server.Time.IsSet(second, second), "the recoverer waits for its second pass");
        server.Time.Advance(second - start);
        await Eventually.TrueAsync(() => server.Time.IsSet(third, third), "the recoverer waits for its third pass");
        Assert.Equal(TaskState.Active, await server.StateAsync("one"));
        server.Time.Advance(third - second);

        // The clock stands still until it is noticed.
        Assert.InRange(third - crashedAt, promised - TimeSpan.FromSeconds(1), promised);
        await Eventually.TrueAsync(async () => await server.StateAsync("one") != TaskState.Active, "it is noticed");

        await Clock.TurnUntilAsync(server.Time, TimeSpan.FromSeconds(1), () => !counts.IsEmpty);
        Assert.Equal([1], counts);
    }

    [Theory, EachBackend]
    public async Task What_is_acknowledged_is_written(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var results = new ConcurrentQueue<string?>();
        await using var host = TestHost.Make(database.ConnectionString, async (_, context, token) =>
        {
            Assert.True(await context.WriteResultAsync("half"u8.ToArray(), token));
            results.Enqueue(await database.Database.HashGetAsync(Keys.Of("default").Task(context.TaskId), "result"));
        });

        // Read by another connection, and sent behind the acknowledgement.
        for (var number = 0; number < 20; number++)
        {
            var task = await host.Client.EnqueueAsync(new Job($"{number}"), null, Token);
            Assert.True(await database.Database.KeyExistsAsync(Keys.Of("default").Task(task.Id)));
        }

        await foreach (var result in host.Client.EnqueueManyAsync(
            Enumerable.Range(0, 20).Select(static number => new Job($"many {number}")), null, Token))
        {
            Assert.True(await database.Database.KeyExistsAsync(Keys.Of("default").Task(result.TaskId!)));
        }

        await host.StartAsync();
        await Eventually.TrueAsync(
            async () => await database.Database.StringGetAsync(Keys.Of("default").Processed) == 40, "all have run");
        Assert.Equal(Enumerable.Repeat("half", 40), results);
    }

    [Fact]
    public void Each_row_of_the_table_is_a_test()
    {
        var tests = typeof(PromiseTests).GetMethods()
            .Where(static method => method.GetCustomAttribute<TheoryAttribute>() is not null)
            .Select(static method => method.Name.Replace('_', ' '));
        var rows = Readme.Table(Readme.Front, "promise").Select(static row => row[0]);

        Assert.Equal(rows.Order(), tests.Order());
    }

    private static Broker BrokerOf(TestDatabase database) =>
        new(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System);

    private static void TakesBackSoon(AsynqServerOptions options)
    {
        options.LeaseGrace = TimeSpan.Zero;
        options.RecovererInterval = TimeSpan.FromMilliseconds(200);
    }

    private static async Task<IReadOnlyList<DateTimeOffset>> TicksAsync(TestDatabase database)
    {
        var keys = Keys.Of("default");
        var ids = await database.Database.ListRangeAsync(keys.Pending);
        var messages = await Task.WhenAll(ids.Select(id => database.Database.HashGetAsync(keys.Task(id!), "msg")));
        return
        [
            .. messages.Select(static message => TaskMessage.Parser.ParseFrom((byte[])message!).Headers[ScheduledTime.Header])
                .Select(static text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)).Order(),
        ];
    }
}
