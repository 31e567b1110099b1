using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>A server in this process, as a user would set it up, with a client on the same connection.</summary>
internal sealed class Worker : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Worker(ServiceProvider services)
    {
        _services = services;
        Client = services.GetRequiredService<AsynqClient>();
    }

    internal AsynqClient Client { get; }

    internal Tally Tally { get; } = new();

    internal ProbeLog Probes { get; } = new();

    /// <summary>Makes a server that is not started yet.</summary>
    internal static Worker Create(Bench bench, int concurrency, params ReadOnlySpan<string> queues)
    {
        var weights = new Dictionary<string, int>();
        foreach (var queue in queues)
        {
            weights[queue] = 1;
        }

        Worker worker = null!;
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddConsole());
        services.AddAsynq(bench.ConnectionString)
            .AddServer(server =>
            {
                server.Concurrency = concurrency;
                server.Queues = weights;
            })
            .AddAsynqTypedBenchmarksHandlers();
        services.AddSingleton(_ => worker.Tally);
        services.AddSingleton(_ => worker.Probes);
        return worker = new Worker(services.BuildServiceProvider());
    }

    internal Task StartAsync() => _services.GetRequiredService<AsynqServer>().StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _services.GetRequiredService<AsynqServer>().ShutdownAsync();
        await _services.DisposeAsync();
    }
}
