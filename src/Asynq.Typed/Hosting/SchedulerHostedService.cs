using Microsoft.Extensions.Hosting;

namespace Asynq.Typed.Hosting;

/// <summary>Starts and stops the scheduler with the host.</summary>
internal sealed class SchedulerHostedService(AsynqScheduler scheduler) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => scheduler.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => scheduler.StopAsync(cancellationToken);
}
