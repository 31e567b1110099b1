using Asynq.Typed.Hosting;
using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

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
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider =>
        {
            // Made before the broker source, so that it is disposed after it: an embedded server outlives its connections.
            var source = provider.GetRequiredService<RedisSource>();
            return new BrokerSource(
                cancellationToken => ConnectAsync(source, provider, cancellationToken),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ArchiveLimits>());
        });
        services.TryAddSingleton(static provider => new TransformChain(provider.GetServices<PayloadTransform>()));
        services.TryAddSingleton(static provider => new AsynqClient(
            provider.GetRequiredService<BrokerSource>(),
            provider.GetRequiredService<TransformChain>(),
            wait: provider.GetService<ReplicaWait>()));
        services.TryAddSingleton(static provider => new AsynqInspector(
            provider.GetRequiredService<BrokerSource>(), provider.GetRequiredService<TransformChain>()));
        return new AsynqBuilder(services);
    }

    /// <summary>Adds the client and the inspector, on the Redis at <paramref name="connectionString"/>.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="connectionString">Such as <c>localhost:6379</c>. Not blank.</param>
    public static AsynqBuilder AddAsynq(this IServiceCollection services, string connectionString) =>
        services.AddAsynq().UseRedis(connectionString);

    /// <summary>
    /// Adds the client and the inspector, on a connection of the application's own, which is never disposed here.
    /// </summary>
    public static AsynqBuilder AddAsynq(this IServiceCollection services, IConnectionMultiplexer multiplexer) =>
        services.AddAsynq().UseRedis(multiplexer);

    private static async ValueTask<RedisConnection> ConnectAsync(
        RedisSource source, IServiceProvider services, CancellationToken cancellationToken)
    {
        switch (source)
        {
            case RedisSource.Multiplexer multiplexer:
                return RedisConnection.Wrap(multiplexer.Find(services));
            case RedisSource.ConnectionString connectionString:
                var found = await connectionString.Find(services, cancellationToken).ConfigureAwait(false);
                var logger = services.GetService<ILogger<RedisConnection>>() ?? NullLogger<RedisConnection>.Instance;
                return await RedisConnection.ConnectAsync(found, new GuardedLogger(logger), cancellationToken).ConfigureAwait(false);
            case var other:
                throw new InvalidOperationException($"Redis comes from a source that is not known: {other.GetType()}.");
        }
    }
}
