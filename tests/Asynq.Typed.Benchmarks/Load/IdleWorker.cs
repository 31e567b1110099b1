using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>What <c>worker CONNECTION</c> runs: a host with a server and a scheduler, until standard input ends.</summary>
internal static class IdleWorker
{
    internal const string Ready = "ready";

    internal static async Task<int> RunAsync(string connectionString)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<Tally>().AddSingleton<ProbeLog>();
        builder.Services.AddAsynq(connectionString)
            .AddServer(server => server.Queues = new Dictionary<string, int> { [Bench.Queue] = 1 })
            .AddPeriodicTask("0 0 1 1 *", new Noop(0))
            .AddAsynqTypedBenchmarksHandlers();
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(Ready);
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
        return 0;
    }
}
