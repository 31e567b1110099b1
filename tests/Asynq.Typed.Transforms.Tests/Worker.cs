using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Asynq.Typed.Transforms.Tests;

/// <summary>A process on a test's database: client, inspector and, where it is started, a server with short intervals.</summary>
internal sealed class Worker : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IHost _host;
    private bool _started;

    private Worker(IHost host) => _host = host;

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal AsynqClient Client => _host.Services.GetRequiredService<AsynqClient>();

    internal AsynqInspector Inspector => _host.Services.GetRequiredService<AsynqInspector>();

    internal Digests Digests => _host.Services.GetRequiredService<Digests>();

    internal static Worker On(
        TestDatabase database,
        IEnumerable<PayloadTransform> transforms,
        LetterHandling? handling = null,
        Action<AsynqServerOptions>? configure = null,
        Action<AsynqBuilder>? build = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(handling ?? (static (_, _, _) => Task.CompletedTask)).AddSingleton<Digests>();
        var asynq = builder.Services.AddAsynq(database.ConnectionString)
            .AddServer(static options =>
            {
                options.TaskCheckInterval = TimeSpan.FromMilliseconds(200);
                options.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
                options.LeaseDuration = TimeSpan.FromSeconds(5);
                options.RetryDelay = static (_, _, _) => TimeSpan.Zero;
            })
            .AddServer(configure)
            .AddAsynqTypedTransformsTestsHandlers();
        foreach (var transform in transforms)
        {
            asynq.UsePayloadTransform(transform);
        }

        build?.Invoke(asynq);
        return new Worker(builder.Build());
    }

    internal async Task<Worker> StartAsync()
    {
        await _host.StartAsync(Ct);
        _started = true;
        return this;
    }

    /// <summary>Waits until a task is in a state.</summary>
    internal async Task<TaskInfo> InStateAsync(TaskInfo task, TaskState state)
    {
        TaskInfo? seen = null;
        await UntilAsync(async () => (seen = await Inspector.GetTaskAsync(task.Queue, task.Id, Ct))?.State == state);
        return seen!;
    }

    internal static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "It did not come to hold.");
            await Task.Delay(20, Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_started)
        {
            await _host.StopAsync(CancellationToken.None);
        }

        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
