using Asynq.Typed.Torture.Tasks;
using Microsoft.Extensions.Hosting;

namespace Asynq.Typed.Torture.Nodes;

/// <summary>One of several processes with the same periodic task.</summary>
internal static class SchedulerNode
{
    /// <summary>Ticks that were missed while Redis was away are made up for, so that each can be asked for at the end.</summary>
    private const int MostMissed = 1_000;

    public const int TickSeconds = 2;

    public static async Task<int> RunAsync(NodeSettings settings)
    {
        var builder = Host.CreateApplicationBuilder();
        NodeLog.Configure(builder.Logging);
        builder.Services.AddAsynq(settings.Redis).AddPeriodicTask(
            PeriodicTask.Create(
                $"@every {TickSeconds}s", new Tick("tick"), new EnqueueOptions { Queue = settings.Queues[0] })
            with
            {
                Misfire = MisfirePolicy.All(MostMissed),
            });
        using var host = builder.Build();
        return await NodeHost.RunAsync(host);
    }
}
