using Asynq.Typed.Embedded;
using Asynq.Typed.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Asynq.Typed;

/// <summary>Lets Asynq.Typed run without a Redis.</summary>
public static class AsynqBuilderEmbeddedExtensions
{
    /// <summary>
    /// Uses a Redis-compatible server inside this process, on the loopback interface. It starts when it is first needed
    /// and stops with the container, after everything that uses it. Like <c>UseRedis</c>: the last one wins.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Where it listens and keeps its data; by default any free port, and memory only.</param>
    public static AsynqBuilder UseEmbedded(this AsynqBuilder builder, Action<EmbeddedServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new EmbeddedServerOptions();
        configure?.Invoke(options);

        // A container disposes in the reverse order of making. The source is made before the connection, and makes the
        // server's host, so the server goes after the connection.
        builder.Services.Replace(ServiceDescriptor.Singleton(_ => new EmbeddedHost(options)));
        builder.Services.Replace(ServiceDescriptor.Singleton<RedisSource>(services =>
        {
            var host = services.GetRequiredService<EmbeddedHost>();
            return new RedisSource.ConnectionString((_, cancellationToken) => host.GetConnectionStringAsync(cancellationToken));
        }));
        return builder;
    }
}
