using Asynq.Typed.Testing;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>Providers and hooks that hang, or throw where they should not: the other entries tick, and the scheduler stops.</summary>
public sealed class ProviderFaultTests
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachBackend]
    public async Task A_provider_that_throws_when_it_is_cancelled_does_not_keep_the_scheduler_from_stopping(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var provider = new Provider(async cancellationToken =>
        {
            try
            {
                await Task.Delay(-1, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException("The command was cancelled.");
            }

            return [];
        });
        var (scheduler, id) = await StartAsync(scene, provider);
        await provider.Called;

        await scheduler.StopAsync(Ct);

        await NothingIsLeftAsync(scene, scheduler, id);
    }

    [Theory, EachBackend]
    public async Task What_throws_when_it_is_told_of_the_cancellation_does_not_keep_the_scheduler_from_stopping(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var provider = new Provider(async cancellationToken =>
        {
            await using var registration = cancellationToken.Register(() => throw new InvalidOperationException("Cancelled."));
            await Task.Delay(-1, cancellationToken);
            return [];
        });
        var (scheduler, id) = await StartAsync(scene, provider);
        await provider.Called;

        await scheduler.StopAsync(Ct);

        await NothingIsLeftAsync(scene, scheduler, id);
    }

    [Theory, EachBackend]
    public async Task A_provider_that_never_answers_holds_up_neither_the_start_nor_the_stop(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var never = new TaskCompletionSource<IReadOnlyCollection<PeriodicTask>>();
        var (scheduler, id) = await StartAsync(scene, new Provider(_ => never.Task));

        using var patience = new CancellationTokenSource();
        var stopping = scheduler.StopAsync(patience.Token);
        await NothingInRedisAsync(scene, id);
        Assert.False(stopping.IsCompleted);
        await patience.CancelAsync();
        await stopping;

        never.SetResult([Scene.Raw("@hourly", "late")]);
        await NothingIsLeftAsync(scene, scheduler, id);
        Assert.DoesNotContain(scheduler.Entries.All, entry => entry.Task.Type == "late");
    }

    [Theory, EachBackend]
    public async Task A_provider_that_blocks_does_not_hold_up_the_start(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        using var blocked = new ManualResetEventSlim();
        var (scheduler, id) = await StartAsync(scene, new Provider(_ =>
        {
            blocked.Wait(Ct);
            return Task.FromResult<IReadOnlyCollection<PeriodicTask>>([]);
        }));

        blocked.Set();
        await scheduler.StopAsync(Ct);
        await NothingIsLeftAsync(scene, scheduler, id);
    }

    [Theory, EachBackend]
    public async Task A_provider_that_does_not_answer_is_named_in_the_log_and_waited_for(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var answer = new TaskCompletionSource<IReadOnlyCollection<PeriodicTask>>();
        var provider = new Provider(_ => answer.Task);
        var (scheduler, _) = await StartAsync(scene, provider);
        await provider.Called;

        await scene.UntilAsync(() =>
        {
            scene.Time.Advance(TenSeconds);
            return Task.FromResult(scene.Log.Count("Warning: Periodic tasks of Provider have been asked for 00:03:00 ago") == 1);
        });
        answer.SetResult([Scene.Raw("@hourly", "late")]);

        await scene.UntilAsync(() => Task.FromResult(scheduler.Entries.All.Any(entry => entry.Task.Type == "late")));
        Assert.Equal(1, scene.Log.Count("have been asked for"));
    }

    [Theory, EachBackend]
    public async Task A_change_token_that_throws_leaves_the_provider_to_be_asked_at_the_interval(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        IReadOnlyCollection<PeriodicTask> tasks = [Scene.Raw("@hourly", "a")];
        var provider = new Provider(_ => Task.FromResult(tasks)) { Change = new BadToken() };
        var (scheduler, id) = await StartAsync(scene, provider);
        await scene.UntilAsync(() => Task.FromResult(scene.Log.Count("Error: Changes of Provider cannot be followed") == 1));

        tasks = [Scene.Raw("@hourly", "b")];
        await scene.UntilAsync(() =>
        {
            scene.Time.Advance(TenSeconds);
            return Task.FromResult(scheduler.Entries.All.Any(entry => entry.Task.Type == "b"));
        });

        await scheduler.StopAsync(Ct);
        await NothingIsLeftAsync(scene, scheduler, id);
    }

    [Theory, EachBackend]
    public async Task A_change_token_that_throws_when_it_is_let_go_is_of_no_account(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var provider = new Provider(_ => Task.FromResult<IReadOnlyCollection<PeriodicTask>>([Scene.Raw("@hourly", "a")]))
        {
            Change = new BadToken { Registers = true },
        };
        var (scheduler, id) = await StartAsync(scene, provider);
        await scene.UntilAsync(() =>
        {
            scene.Time.Advance(TenSeconds);
            return Task.FromResult(provider.Calls == 3);
        });

        await scheduler.StopAsync(Ct);
        await NothingIsLeftAsync(scene, scheduler, id);
    }

    [Theory, EachBackend]
    public async Task An_error_handler_that_throws_when_it_is_cancelled_does_not_keep_the_entries_in_Redis(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var called = new TaskCompletionSource();
        var options = scene.Hooked();
        options.OnError = async (_, _, cancellationToken) =>
        {
            called.TrySetResult();
            try
            {
                await Task.Delay(-1, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException("The alarm was not raised.");
            }
        };
        var scheduler = scene.NewScheduler(options);
        var id = scheduler.Register(Scene.Raw("@every 10s", "static"));
        scheduler.Register(Scene.Raw("@every 10s", "refused", new EnqueueOptions { Queue = "broken" }));
        await scene.Database.StringSetAsync(Redis.Keys.Of("broken").Pending, "not a list");
        await scheduler.StartAsync(Ct);
        scene.Time.Advance(TenSeconds);
        await called.Task;
        await scene.UntilAsync(() => Task.FromResult(scene.Seen.Any(seen => seen.Tick.EntryId == id)));

        await scheduler.StopAsync(Ct);

        await NothingIsLeftAsync(scene, scheduler, id);
    }

    [Theory, EachBackend]
    public async Task A_hook_that_does_not_end_does_not_keep_the_entries_in_Redis(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        var hangs = new TaskCompletionSource();
        var called = new TaskCompletionSource();
        var options = scene.Hooked();
        options.BeforeEnqueue = (tick, _) =>
        {
            if (tick.Task.Type != "slow")
            {
                return default;
            }

            called.TrySetResult();
            return new ValueTask(hangs.Task);
        };
        var scheduler = scene.NewScheduler(options);
        var id = scheduler.Register(Scene.Raw("@every 10s", "static"));
        scheduler.Register(Scene.Raw("@every 10s", "slow"));
        await scheduler.StartAsync(Ct);
        scene.Time.Advance(TenSeconds);
        await called.Task;
        await scene.UntilAsync(() => Task.FromResult(scene.Seen.Any(seen => seen.Tick.EntryId == id)));

        using var patience = new CancellationTokenSource();
        var stopping = scheduler.StopAsync(patience.Token);
        Assert.False(stopping.IsCompleted);
        await patience.CancelAsync();
        await stopping;

        await NothingInRedisAsync(scene, id);
        hangs.SetResult();
    }

    /// <summary>A scheduler with a provider, and with an entry of its own that has ticked.</summary>
    private static async Task<(AsynqScheduler Scheduler, string EntryId)> StartAsync(Scene scene, Provider provider)
    {
        var scheduler = scene.NewScheduler();
        scheduler.AddProvider(provider);
        var id = scheduler.Register(Scene.Raw("@every 10s", "static"));
        await scheduler.StartAsync(Ct);
        await scene.UntilAsync(async () => (await scene.Broker.ListSchedulerEntriesAsync(Ct)).Count > 0);
        await scene.AdvanceAsync(TenSeconds);
        await scene.UntilAsync(async () => (await scene.Broker.ListSchedulerEnqueueEventsAsync(id, 0, 10, Ct)).Count == 1);
        return (scheduler, id);
    }

    private static Task NothingInRedisAsync(Scene scene, string id) => scene.UntilAsync(async () =>
        (await scene.Broker.ListSchedulerEntriesAsync(Ct)).Count == 0
        && (await scene.Broker.ListSchedulerEnqueueEventsAsync(id, 0, 10, Ct)).Count == 0);

    /// <summary>The entries are gone, and when time passes another scheduler ticks, but the stopped one does not.</summary>
    private static async Task NothingIsLeftAsync(Scene scene, AsynqScheduler stopped, string id)
    {
        Assert.Empty(await scene.Broker.ListSchedulerEntriesAsync(Ct));
        Assert.Empty(await scene.Broker.ListSchedulerEnqueueEventsAsync(id, 0, 10, Ct));
        await scene.StopAsync(stopped);
        var ticks = scene.Seen.Count(seen => seen.Tick.EntryId == id);

        var other = scene.NewScheduler();
        var otherId = other.Register(Scene.Raw("@every 10s", "other"));
        await other.StartAsync(Ct);
        await scene.PassAsync(TenSeconds * 3, TenSeconds / 2);

        Assert.True(scene.Seen.Count(seen => seen.Tick.EntryId == otherId) >= 2);
        Assert.Equal(ticks, scene.Seen.Count(seen => seen.Tick.EntryId == id));
    }

    private sealed class Provider(Func<CancellationToken, Task<IReadOnlyCollection<PeriodicTask>>> get) : IPeriodicTaskProvider
    {
        private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls;

        internal IChangeToken? Change { get; init; }

        internal Task Called => _called.Task;

        internal int Calls => Volatile.Read(ref _calls);

        public async ValueTask<IReadOnlyCollection<PeriodicTask>> GetTasksAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            _called.TrySetResult();
            return await get(cancellationToken);
        }

        public IChangeToken? GetChangeToken() => Change;
    }

    /// <summary>Cannot be registered with, or, if it can, cannot be let go.</summary>
    private sealed class BadToken : IChangeToken, IDisposable
    {
        internal bool Registers { get; init; }

        public bool HasChanged => false;

        public bool ActiveChangeCallbacks => true;

        public IDisposable RegisterChangeCallback(Action<object?> callback, object? state) =>
            Registers ? this : throw new InvalidOperationException("The watch is broken.");

        public void Dispose() => throw new InvalidOperationException("The watch cannot be stopped.");
    }
}
