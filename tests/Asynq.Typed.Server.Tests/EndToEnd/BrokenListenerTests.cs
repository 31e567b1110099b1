using System.Diagnostics;
using System.Diagnostics.Metrics;
using Asynq.Typed.Redis;
using Asynq.Typed.Routing;
using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>
/// Whoever listens to the server and fails, and whatever fails inside it, changes neither how a task ends nor how often it runs.
/// </summary>
public sealed class BrokenListenerTests
{
    private readonly string _queue = $"q{Guid.NewGuid():N}";
    private int _runs;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("asynq.workers.active")]
    [InlineData("asynq.tasks.queue.duration")]
    [InlineData("messaging.client.consumed.messages")]
    [InlineData("messaging.process.duration")]
    public async Task A_task_runs_once_although_a_listener_of_the_meter_throws(string instrument)
    {
        using var listener = BrokenMeterListener(instrument);

        await RunsOnceAsync();
    }

    [Theory]
    [InlineData("asynq.tasks.retried", 1, TaskState.Retry)]
    [InlineData("asynq.tasks.failed", 1, TaskState.Retry)]
    [InlineData("asynq.tasks.archived", 0, TaskState.Archived)]
    public async Task A_task_fails_once_although_a_listener_of_the_meter_throws(string instrument, int retries, TaskState state)
    {
        using var listener = BrokenMeterListener(instrument);
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await StartAsync(database, static () => throw new InvalidOperationException("no"));

        var task = await host.Client.EnqueueAsync(
            new Job("x"), new() { Queue = _queue, MaxRetry = retries, Timeout = TimeSpan.FromMinutes(1) }, Token);

        Assert.Equal("no", (await host.InStateAsync(task, state)).LastError);
        Assert.Equal(1, _runs);
    }

    [Theory]
    [InlineData("started")]
    [InlineData("stopped")]
    public async Task A_task_runs_once_although_a_listener_of_activities_throws(string when)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == AsynqTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => Fail(when == "started" && activity.OperationName == $"process {_queue}"),
            ActivityStopped = activity => Fail(when == "stopped" && activity.OperationName == $"process {_queue}"),
        };
        ActivitySource.AddActivityListener(listener);

        await RunsOnceAsync();
    }

    [Fact]
    public async Task A_task_runs_once_although_the_end_of_its_log_scope_throws()
    {
        using var log = new BrokenScopes();

        await RunsOnceAsync(asynq => asynq.Services.AddLogging(logging => logging.AddProvider(log)));

        Assert.True(log.Ended > 0);
    }

    [Fact]
    public async Task A_task_whose_attempt_fails_inside_the_server_goes_back_to_its_queue_and_spends_no_retry()
    {
        using var figures = new Figures(_queue);
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = TestHost.Make(database.ConnectionString, static (_, _, _) => Task.CompletedTask);
        var scopes = new FlakyScopes(host.Services.GetRequiredService<IServiceScopeFactory>());
        var retries = new TaskCompletionSource<int>();
        var router = new TaskRouter(
            [],
            [
                new TaskMux().Handle("test:", (context, _) =>
                {
                    retries.TrySetResult(context.RetryCount);
                    return Task.CompletedTask;
                }),
            ],
            []);
        await using var server = new AsynqServer(
            host.Services.GetRequiredService<BrokerSource>(),
            ServerSettings.From(new AsynqServerOptions { Queues = new() { [_queue] = 1 }, Concurrency = 1 }),
            router,
            scopes,
            TimeProvider.System,
            NullLogger<AsynqServer>.Instance);
        await server.StartAsync(Token);

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { Queue = _queue }, Token);

        Assert.Equal(0, await Eventually.ComesAsync(retries.Task));
        await host.GoneAsync(task);
        Assert.Equal(2, scopes.Asked);
        Assert.Equal(1, (long)await database.Database.StringGetAsync(Keys.Of(_queue).Processed));
        await Eventually.TrueAsync(() => figures["asynq.workers.active"] == 0, "no worker is left");
    }

    private async Task RunsOnceAsync(Action<AsynqBuilder>? build = null)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = await StartAsync(database, static () => { }, build);

        var task = await host.Client.EnqueueAsync(new Job("x"), new() { Queue = _queue }, Token);

        await host.GoneAsync(task);
        await host.StopAsync();
        Assert.Equal(1, _runs);
        Assert.Equal(1, (long)await database.Database.StringGetAsync(Keys.Of(_queue).Processed));
        Assert.Equal(0, (long)await database.Database.StringGetAsync(Keys.Of(_queue).Failed));
    }

    private Task<TestHost> StartAsync(TestDatabase database, Action handling, Action<AsynqBuilder>? build = null) =>
        TestHost.StartAsync(
            database.ConnectionString,
            (_, _, _) =>
            {
                Interlocked.Increment(ref _runs);
                handling();
                return Task.CompletedTask;
            },
            options =>
            {
                options.Queues = new() { [_queue] = 1 };
                options.RetryDelay = static (_, _, _) => TimeSpan.FromHours(1);
            },
            build);

    private MeterListener BrokenMeterListener(string broken)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meter) =>
            {
                if (instrument.Meter.Name == AsynqTelemetry.MeterName && instrument.Name == broken)
                {
                    meter.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Fail(IsOfQueue(tags)));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Fail(IsOfQueue(tags)));
        listener.Start();
        return listener;
    }

    private bool IsOfQueue(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
        {
            if (name == "messaging.destination.name" && Equals(value, _queue))
            {
                return true;
            }
        }

        return false;
    }

    private static void Fail(bool now)
    {
        if (now)
        {
            throw new InvalidOperationException("the listener is broken");
        }
    }

    /// <summary>Makes no scope when it is first asked for one.</summary>
    private sealed class FlakyScopes(IServiceScopeFactory inner) : IServiceScopeFactory
    {
        private int _asked;

        internal int Asked => _asked;

        public IServiceScope CreateScope() => Interlocked.Increment(ref _asked) == 1
            ? throw new ObjectDisposedException(nameof(IServiceProvider))
            : inner.CreateScope();
    }

    /// <summary>A logging provider whose scopes cannot be ended.</summary>
    private sealed class BrokenScopes : ILoggerProvider, ILogger, IDisposable
    {
        private int _ended;

        internal int Ended => _ended;

        public ILogger CreateLogger(string categoryName) =>
            categoryName == typeof(AsynqServer).FullName ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => new Scope(this);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }

        private sealed class Scope(BrokenScopes of) : IDisposable
        {
            public void Dispose()
            {
                Interlocked.Increment(ref of._ended);
                throw new InvalidOperationException("the scope is broken");
            }
        }
    }
}
