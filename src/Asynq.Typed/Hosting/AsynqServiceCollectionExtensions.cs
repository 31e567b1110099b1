using Asynq.Typed.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Asynq.Typed;

/// <summary>Adds Asynq.Typed to a service collection.</summary>
public static class AsynqServiceCollectionExtensions
{
    /// <summary>
    /// Adds the client and the inspector. Redis is the one of <c>ConnectionStrings:asynq</c> or <c>Asynq:Redis</c> in
    /// the configuration, unless the builder is told otherwise. May be called more than once.
    /// </summary>
    public static AsynqBuilder AddAsynq(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<RedisSource>(new RedisSource.ConnectionString(ConfiguredRedis.Find));
        return new AsynqBuilder(services);
    }

    /// <summary>Adds the client and the inspector, on the Redis at <paramref name="connectionString"/>.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="connectionString">Such as <c>localhost:6379</c>. Not blank.</param>
    public static AsynqBuilder AddAsynq(this IServiceCollection services, string connectionString) =>
        services.AddAsynq().UseRedis(connectionString);
}
