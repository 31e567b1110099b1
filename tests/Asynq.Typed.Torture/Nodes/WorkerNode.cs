using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Asynq.Typed.Torture.Nodes;

/// <summary>A process that runs tasks, as a user would write it.</summary>
internal static class WorkerNode
{
    private const int Concurrency = 12;

    public static async Task<int> RunAsync(NodeSettings settings)
    {
        var timings = Timings.Of(settings.Quick);
        using var ledger = new Ledger(settings.LedgerPath);
        await using var probe = new OwnershipProbe(settings.Nodes);
        var names = new RunNames(settings.Name);
        var pulse = new Pulse(ledger, settings.Redis, names.Process);
        _ = pulse.WatchAsync();
        foreach (var queue in settings.Queues)
        {
            _ = pulse.WriteAsync(queue);
        }

        var builder = Host.CreateApplicationBuilder();
        NodeLog.Configure(builder.Logging);
        builder.Services.AddSingleton(
            new RunLedger(ledger, probe, names, timings.Heartbeat));
        var death = new Death(ledger, names.Process);
        builder.Services.AddSingleton(death);
        builder.Services.AddSingleton(new Appetite(settings.IsLimited, death));
        if (settings.ClockOffsetSeconds != 0)
        {
            builder.Services.AddSingleton<TimeProvider>(new OffsetClock(TimeSpan.FromSeconds(settings.ClockOffsetSeconds)));
        }

        builder.Services.AddAsynq(settings.Redis)
            .AddServer(server => Configure(server, settings.Queues, timings, death))
            .AddAsynqTypedTortureHandlers();
        using var host = builder.Build();

        // Else nobody sees whose the first tasks are.
        await probe.ConnectAsync();
        var code = await NodeHost.RunAsync(host);
        pulse.End();
        return code;
    }

    private static void Configure(AsynqServerOptions server, IReadOnlyList<string> queues, Timings timings, Death death)
    {
        server.Concurrency = Concurrency;
        server.Queues = queues.ToDictionary(queue => queue, _ => 1);
        server.LeaseDuration = timings.Lease;
        server.LeaseGrace = timings.Grace;
        server.RecovererInterval = timings.Recoverer;
        server.HeartbeatInterval = timings.Heartbeat;
        server.SyncInterval = timings.Sync;
        server.ShutdownTimeout = timings.ShutdownTimeout;
        server.GroupGracePeriod = timings.GroupGrace;
        server.GroupMaxSize = 20;

        // A task that was taken over five times would else wait for ten minutes.
        server.RetryDelay = static (_, _, _) => TimeSpan.FromMilliseconds(Random.Shared.Next(500, 2_000));
        server.BaseContext = (context, _) =>
        {
            if (context.Type == TaskTypes.Chore && context.RetryCount == 0
                && context.ReadPayload<Chore>().Way == Ways.DieBefore)
            {
                death.Now();
            }

            return Task.CompletedTask;
        };
    }
}
