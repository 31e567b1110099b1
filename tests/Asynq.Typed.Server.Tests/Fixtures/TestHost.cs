using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Asynq.Typed.Server.Tests;

/// <summary>A host with a server, a client and an inspector on a test's database. Its intervals are short.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;
    private bool _started;

    private TestHost(IHost host, LogRecorder log)
    {
        _host = host;
        Log = log;
    }

    public LogRecorder Log { get; }

    public AsynqClient Client => _host.Services.GetRequiredService<AsynqClient>();

    public AsynqInspector Inspector => _host.Services.GetRequiredService<AsynqInspector>();

    public IServiceProvider Services => _host.Services;

    public Groups Groups => _host.Services.GetRequiredService<Groups>();

    public AsynqServer Server => _host.Services.GetRequiredService<AsynqServer>();

    public static Task<TestHost> StartAsync(
        TestDatabase database, JobHandling handling, Action<AsynqServerOptions>? configure = null) =>
        StartAsync(database.ConnectionString, handling, configure);

    public static async Task<TestHost> StartAsync(
        string connectionString,
        JobHandling handling,
        Action<AsynqServerOptions>? configure = null,
        Action<AsynqBuilder>? build = null)
    {
        var host = Make(connectionString, handling, configure, build);
        await host.StartAsync();
        return host;
    }

    public static TestHost Make(
        string connectionString,
        JobHandling handling,
        Action<AsynqServerOptions>? configure = null,
        Action<AsynqBuilder>? build = null)
    {
        var log = new LogRecorder();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton(handling).AddSingleton<Groups>();
        var asynq = builder.Services.AddAsynq(connectionString)
            .AddServer(Quick)
            .AddServer(configure)
            .AddAsynqTypedServerTestsHandlers();
        build?.Invoke(asynq);
        return new TestHost(builder.Build(), log);
    }

    public async Task StartAsync()
    {
        await _host.StartAsync(TestContext.Current.CancellationToken);
        _started = true;
    }

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits until a task is in a state.</summary>
    public async Task<TaskInfo> InStateAsync(TaskInfo task, TaskState state)
    {
        TaskInfo? seen = null;
        await Eventually.TrueAsync(
            async () => (seen = await Inspector.GetTaskAsync(task.Queue, task.Id)) is { } found && found.State == state,
            $"task {task.Id} is {state}");
        return seen!;
    }

    /// <summary>Waits until a task is gone.</summary>
    public Task GoneAsync(TaskInfo task) => Eventually.TrueAsync(
        async () => await Inspector.GetTaskAsync(task.Queue, task.Id) is null, $"task {task.Id} is gone");

    public async ValueTask DisposeAsync()
    {
        if (_started)
        {
            await _host.StopAsync(CancellationToken.None);
        }

        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private static void Quick(AsynqServerOptions options)
    {
        options.Concurrency = 4;
        options.TaskCheckInterval = TimeSpan.FromMilliseconds(200);
        options.DelayedTaskCheckInterval = TimeSpan.FromMilliseconds(200);
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
        options.LeaseDuration = TimeSpan.FromSeconds(5);
        options.SyncInterval = TimeSpan.FromMilliseconds(200);
        options.RetryDelay = static (_, _, _) => TimeSpan.Zero;
    }
}
