using Asynq.Typed.Hosting;
using Asynq.Typed.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Asynq.Typed;

/// <summary>Adds Asynq.Typed to an application's health checks.</summary>
public static class AsynqHealthCheckExtensions
{
    /// <summary>
    /// Adds a check that is healthy while Redis answers and the server, where the container has one, takes tasks. Needs
    /// <c>AddAsynq()</c>.
    /// </summary>
    /// <param name="builder">The checks to add to.</param>
    /// <param name="name">What the check is called. Default: <c>asynq</c>.</param>
    /// <param name="failureStatus">What is reported otherwise. Default: <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags to filter checks by. Default: none.</param>
    public static IHealthChecksBuilder AddAsynq(
        this IHealthChecksBuilder builder,
        string name = "asynq",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name,
            static services => new AsynqHealthCheck(
                services.GetRequiredService<BrokerSource>(), services.GetService<AsynqServer>()),
            failureStatus,
            tags));
    }
}
