using System.Collections.Concurrent;
using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Scheduling.Tests;

/// <summary>Schedulers on an empty database, with a clock that the test turns.</summary>
internal sealed class Scene : IAsyncDisposable
{
    internal static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestDatabase _database;
    private readonly List<AsynqScheduler> _schedulers = [];
    private int _asked;

    private Scene(TestDatabase database)
    {
        _database = database;
        Broker = new Broker(RedisConnection.Wrap(database.Multiplexer), Time);
    }

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal FakeTimeProvider Time { get; } = new(Start);

    internal Broker Broker { get; }

    internal IDatabase Database => _database.Database;

    /// <summary>While it is set, schedulers that ask for Redis get it.</summary>
    internal Exception? Fault { get; set; }

    /// <summary>How often schedulers have asked for Redis.</summary>
    internal int Asked => Volatile.Read(ref _asked);

    /// <summary>What hooks of all schedulers saw, made by <see cref="Hooked"/>.</summary>
    internal ConcurrentQueue<(ScheduledTick Tick, TaskInfo? Task, Exception? Error)> Seen { get; } = [];

    /// <summary>What all schedulers have logged.</summary>
    internal LogLines Log { get; } = new();

    internal static async Task<Scene> OpenAsync(Backend backend) => new(await TestDatabase.OpenAsync(backend, Ct));

    public async ValueTask DisposeAsync()
    {
        foreach (var scheduler in _schedulers)
        {
            await scheduler.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    internal AsynqScheduler NewScheduler(AsynqSchedulerOptions? options = null)
    {
        var scheduler = new AsynqScheduler(
            _ => Connect(),
            options ?? Hooked(), Time, Log, followsRedisClock: false);
        _schedulers.Add(scheduler);
        return scheduler;
    }

    /// <summary>Stops a scheduler for good.</summary>
    internal async Task StopAsync(AsynqScheduler scheduler)
    {
        _schedulers.Remove(scheduler);
        await scheduler.DisposeAsync();
    }

    /// <summary>Options whose hooks tell <see cref="Seen"/>.</summary>
    internal AsynqSchedulerOptions Hooked() => new()
    {
        AfterEnqueue = (tick, task, _) =>
        {
            Seen.Enqueue((tick, task, null));
            return default;
        },
        OnError = (tick, error, _) =>
        {
            Seen.Enqueue((tick, null, error));
            return default;
        },
    };

    /// <summary>Turns the clock, in one go, and waits until the schedulers have done what was due.</summary>
    internal async Task AdvanceAsync(TimeSpan by)
    {
        Time.Advance(by);
        await SettleAsync();
    }

    /// <summary>Turns the clock step by step, as it goes by itself.</summary>
    internal async Task PassAsync(TimeSpan time, TimeSpan step)
    {
        for (var end = Time.GetUtcNow() + time; Time.GetUtcNow() < end;)
        {
            await AdvanceAsync(step);
        }
    }

    /// <summary>Waits until no entry of a scheduler has anything to do now.</summary>
    internal Task SettleAsync() => UntilAsync(() => Task.FromResult(_schedulers.All(IsSettled)));

    /// <summary>Waits, in real time, until something holds; it must in the end.</summary>
    internal async Task UntilAsync(Func<Task<bool>> holds)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < Patience, "It did not come to hold.");
            foreach (var scheduler in _schedulers)
            {
                // A timer that is set just while the test turns the clock would fire a turn late.
                scheduler.Loop.EntriesChanged();
            }

            await Task.Delay(5, Ct);
        }
    }

    /// <summary>The tasks of a queue, the oldest first.</summary>
    internal async Task<IReadOnlyList<TaskMessage>> PendingAsync(string queue = "default")
    {
        var keys = Keys.Of(queue);
        var ids = await Database.ListRangeAsync(keys.Pending);
        var messages = await Task.WhenAll(ids.Reverse().Select(id => Database.HashGetAsync(keys.Task(id!), "msg")));
        return [.. messages.Select(message => TaskMessage.Parser.ParseFrom((byte[])message!))];
    }

    /// <summary>The ticks that the tasks of a queue are for, the oldest first.</summary>
    internal async Task<string[]> TicksAsync(string queue = "default") =>
        [.. (await PendingAsync(queue)).Select(message => message.Headers[ScheduledTime.Header])];

    internal static PeriodicTask Raw(string schedule, string type = "tick", EnqueueOptions? options = null) =>
        PeriodicTask.CreateRaw(schedule, type, "x"u8.ToArray(), options);

    private ValueTask<Broker> Connect()
    {
        Interlocked.Increment(ref _asked);
        return Fault is { } fault ? throw fault : ValueTask.FromResult(Broker);
    }

    private bool IsSettled(AsynqScheduler scheduler) => scheduler.Entries.All.All(
        entry => entry.Pass.IsCompleted && (entry.DueAt is null || entry.DueAt > Time.GetUtcNow()));

    /// <summary>Keeps what is logged, with the message of its exception.</summary>
    internal sealed class LogLines : ILogger<AsynqScheduler>
    {
        private readonly ConcurrentQueue<string> _lines = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception?.Message}");

        internal int Count(string part) => _lines.Count(line => line.Contains(part, StringComparison.Ordinal));
    }
}
