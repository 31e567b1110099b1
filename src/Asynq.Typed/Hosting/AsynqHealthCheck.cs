using Asynq.Typed.Redis;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Asynq.Typed.Hosting;

/// <summary>Healthy while Redis answers and the server, where there is one, takes tasks.</summary>
internal sealed class AsynqHealthCheck(BrokerSource source, AsynqServer? server) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var broker = await source.GetAsync(cancellationToken).ConfigureAwait(false);
            await broker.PingAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.Message, exception);
        }

        return server is null or { State: AsynqServerState.Active }
            ? HealthCheckResult.Healthy("Redis answers.")
            : new HealthCheckResult(
                context.Registration.FailureStatus, $"Redis answers, but the server takes no tasks: it is {server.State}.");
    }
}
