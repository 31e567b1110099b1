using Asynq.Typed.Redis;
using Asynq.Typed.Routing;
using Asynq.Typed.Testing;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>A server's components on a real store and a clock that the test turns.</summary>
internal sealed class RuntimeFixture : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly ServiceProvider _services;
    private readonly HangingRedis _redis;

    private RuntimeFixture(
        TestDatabase database, JobHandling handling, Action<AsynqServerOptions>? configure, Groups groups, TaskRouter? router)
    {
        _database = database;
        Groups = groups;
        _services = Services(handling, groups);
        _redis = HangingRedis.On(database.Multiplexer);
        Time.IsHeldUp = () => _redis.IsUnderway;
        var options = new AsynqServerOptions { Concurrency = 4 };
        configure?.Invoke(options);
        Broker = new Broker(RedisConnection.Wrap(_redis.Multiplexer), Time)
        {
            Archive = new ArchiveLimits(options.ArchiveMaxSize, options.ArchiveMaxAge),
        };
        Settings = ServerSettings.From(options, followsRedisClock: false);
        Runtime = new ServerRuntime(
            Broker,
            Settings,
            new ServerIdentity(Time.GetUtcNow(), static () => AsynqServerState.Active),
            router ?? new TaskRouter(_services.GetServices<HandlerModule>(), [], []),
            _services.GetRequiredService<IServiceScopeFactory>(),
            Time,
            Log.CreateLogger("server"));
    }

    internal WatchedClock Time { get; } = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    internal LogRecorder Log { get; } = new();

    internal Groups Groups { get; }

    internal Broker Broker { get; }

    internal ServerSettings Settings { get; }

    internal ServerRuntime Runtime { get; }

    internal TestDatabase Database => _database;

    internal static async Task<RuntimeFixture> OpenAsync(
        JobHandling handling, Action<AsynqServerOptions>? configure = null, Backend backend = Backend.Embedded) =>
        new(await TestDatabase.OpenAsync(backend, TestContext.Current.CancellationToken), handling, configure, new(), null);

    /// <summary>A server of groups, on an own router where it is given one.</summary>
    internal static async Task<RuntimeFixture> OpenGroupsAsync(
        Backend backend, Action<AsynqServerOptions>? configure = null, TaskRouter? router = null)
    {
        var groups = new Groups();
        return new(
            await TestDatabase.OpenAsync(backend, TestContext.Current.CancellationToken),
            (_, context, _) =>
            {
                groups.Singles.Enqueue(context.TaskId);
                return Task.CompletedTask;
            },
            configure,
            groups,
            router);
    }

    /// <summary>Has the calls of a script with a key go unanswered until what is returned is disposed.</summary>
    internal IDisposable Hang(string script, RedisKey key) => _redis.Hang(script, key);

    /// <summary>Has the answers of a script come only once what is returned completes.</summary>
    internal TaskCompletionSource Hold(string script, RedisKey? key = null) => _redis.Hold(script, key);

    /// <summary>What stands between the server and its database.</summary>
    internal HangingRedis Redis => _redis;

    /// <summary>How often a script was called.</summary>
    internal int CallsOf(string script) => _redis.CallsOf(script);

    /// <summary>A task's message, with a payload that its handler can read.</summary>
    internal static TaskMessage Message(string id = "one", string? text = null, int retry = 25, long retention = 0)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        Write(buffer, new Job(text ?? id));
        return new TaskMessage
        {
            Id = id,
            Type = "test:job",
            Queue = "default",
            Payload = ByteString.CopyFrom(buffer.WrittenSpan),
            Retry = retry,
            Timeout = 1800,
            Retention = retention,
        };
    }

    /// <summary>Adds a task to a group; its id is its text.</summary>
    internal Task JoinAsync<T>(string group, string id, T task)
        where T : IAsynqTask<T>
    {
        var message = Message(id);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        Write(buffer, task);
        message.Type = T.Descriptor.Type;
        message.Payload = ByteString.CopyFrom(buffer.WrittenSpan);
        message.GroupKey = group;
        return Broker.AddToGroupAsync(message, TestContext.Current.CancellationToken);
    }

    internal async Task<TaskState?> StateAsync(string id) =>
        (await Broker.GetTaskInfoAsync("default", id, TestContext.Current.CancellationToken))?.State;

    /// <summary>
    /// Turns the clock, and has it wait for each extension: Redis answers in its own time, and must not seem to be late because
    /// the machine is slow.
    /// </summary>
    internal Task TurnWhileExtendedAsync(ActiveTask attempt, TimeSpan time)
    {
        var until = Time.GetUtcNow() + time;
        return TurnWhileExtendedAsync(attempt, () => Task.FromResult(Time.GetUtcNow() >= until));
    }

    /// <summary>The same until something has come about.</summary>
    internal async Task TurnWhileExtendedAsync(ActiveTask attempt, Func<Task<bool>> until)
    {
        // A heartbeat comes every 5 s, and extends to 30 s.
        var least = TimeSpan.FromSeconds(24);
        while (!await until())
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Eventually.TrueAsync(
                async () => attempt.HeldUntil - Time.GetUtcNow() >= least || await until(), "the lease is extended");
        }
    }

    public async ValueTask DisposeAsync()
    {
        var shutdown = Runtime.ShutdownAsync(new CancellationToken(canceled: true));
        await Clock.TurnUntilAsync(Time, TimeSpan.FromSeconds(1), () => shutdown.IsCompleted);
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static ServiceProvider Services(JobHandling handling, Groups groups)
    {
        var services = new ServiceCollection().AddSingleton(handling).AddSingleton(groups);
        services.AddAsynq("unused").AddAsynqTypedServerTestsHandlers();
        return services.BuildServiceProvider();
    }

    private static void Write<T>(System.Buffers.IBufferWriter<byte> output, T task)
        where T : IAsynqTask<T> => T.Write(output, task);
}
