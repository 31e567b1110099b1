using System.Diagnostics.CodeAnalysis;
using Asynq.Typed.Hosting;
using Asynq.Typed.Redis;
using Asynq.Typed.Routing;
using Asynq.Typed.Server;
using Asynq.Typed.Transforms;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Asynq.Typed;

/// <summary>Configures Asynq.Typed in a service collection. Made by <c>AddAsynq()</c>.</summary>
public sealed class AsynqBuilder
{
    internal AsynqBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that are being configured.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Uses the Redis at <paramref name="connectionString"/>. The last <c>UseRedis</c> wins.</summary>
    /// <param name="connectionString">Such as <c>localhost:6379</c>. Not blank.</param>
    public AsynqBuilder UseRedis(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return UseRedis((_, _) => ValueTask.FromResult(connectionString));
    }

    /// <summary>
    /// Uses a connection of the application's own, which stays the application's: it is never disposed here.
    /// The last <c>UseRedis</c> wins.
    /// </summary>
    public AsynqBuilder UseRedis(IConnectionMultiplexer multiplexer)
    {
        ArgumentNullException.ThrowIfNull(multiplexer);
        return UseRedis(_ => multiplexer);
    }

    /// <summary>
    /// Uses a connection of the application's own, such as one that is registered as a service. It stays the application's: it
    /// is never disposed here. The last <c>UseRedis</c> wins.
    /// </summary>
    /// <param name="find">Called when Redis is first needed.</param>
    public AsynqBuilder UseRedis(Func<IServiceProvider, IConnectionMultiplexer> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        return Use(new RedisSource.Multiplexer(find));
    }

    /// <summary>
    /// Uses the Redis whose connection string <paramref name="find"/> returns. It is called when Redis is first needed,
    /// and again after an attempt to connect has failed. The last <c>UseRedis</c> wins.
    /// </summary>
    public AsynqBuilder UseRedis(Func<IServiceProvider, CancellationToken, ValueTask<string>> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        return Use(new RedisSource.ConnectionString(find));
    }

    /// <summary>
    /// Sends payloads through a transform on their way to Redis and back, in client, server, scheduler and inspector. The first
    /// that is added is applied first: <see cref="CompressPayload"/> before <see cref="EncryptPayload"/>.
    /// </summary>
    /// <param name="transform">The transform.</param>
    public AsynqBuilder UsePayloadTransform(PayloadTransform transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        Services.AddSingleton(transform);
        return this;
    }

    /// <summary>
    /// As the overload above, with a transform that is made when it is first needed: where its keys come from a service.
    /// </summary>
    /// <param name="make">Makes the transform.</param>
    public AsynqBuilder UsePayloadTransform(Func<IServiceProvider, PayloadTransform> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        Services.AddSingleton(make);
        return this;
    }

    /// <summary>
    /// Has the client's enqueues wait until replicas have confirmed them, as <see cref="AsynqClient.WaitForReplicas"/> does; a
    /// scheduler's ticks do not. For some enqueues only, leave this out and call that one. The last one wins.
    /// </summary>
    /// <param name="replicas">How many are to confirm, at least 1.</param>
    /// <param name="timeout">How long is waited for them: at least 1 ms, and shorter than the connection's <c>asyncTimeout</c>
    /// (5 s). Default: 1 s.</param>
    public AsynqBuilder WaitForReplicas(int replicas, TimeSpan? timeout = null)
    {
        Services.Replace(ServiceDescriptor.Singleton(ReplicaWait.For(replicas, timeout)));
        return this;
    }

    /// <summary>
    /// Adds the server, which the host starts and stops. Called more than once, each <paramref name="configure"/> adds to
    /// what came before; all of them win over the configuration section <c>Asynq:Server</c>.
    /// </summary>
    public AsynqBuilder AddServer(Action<AsynqServerOptions>? configure = null)
    {
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<AsynqServerOptions>, ServerConfiguration>(
            static services => new ServerConfiguration(services.GetService<IConfiguration>())));
        Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<AsynqServerOptions>, ServerOptionsValidator>());
        Services.AddOptions<AsynqServerOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        Services.TryAddSingleton(static services =>
        {
            var options = services.GetRequiredService<IOptions<AsynqServerOptions>>().Value;
            return new ArchiveLimits(options.ArchiveMaxSize, options.ArchiveMaxAge);
        });
        Services.TryAddSingleton(static services => new TaskRouter(
            services.GetServices<HandlerModule>(), services.GetServices<TaskMux>(), services.GetServices<Middleware>()));
        Services.TryAddSingleton(static services => new AsynqServer(
            services.GetRequiredService<BrokerSource>(),
            ServerSettings.From(services.GetRequiredService<IOptions<AsynqServerOptions>>().Value),
            services.GetRequiredService<TaskRouter>(),
            services.GetRequiredService<IServiceScopeFactory>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetService<ILogger<AsynqServer>>() ?? NullLogger<AsynqServer>.Instance,
            services.GetRequiredService<TransformChain>()));
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AsynqHostedService>());
        return this;
    }

    /// <summary>Adds the handlers of one assembly. A module that is there already is not added again.</summary>
    public AsynqBuilder AddHandlers(HandlerModule module)
    {
        TryAddHandlers(module);
        return this;
    }

    /// <summary>Adds the handlers of one assembly. Called by that assembly's generated <c>Add…Handlers()</c>.</summary>
    /// <returns>Whether they were added: <c>false</c> where the module is there already.</returns>
    public bool TryAddHandlers(HandlerModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (Services.Any(service => !service.IsKeyedService && ReferenceEquals(service.ImplementationInstance, module)))
        {
            return false;
        }

        Services.AddSingleton(module);
        return true;
    }

    /// <summary>Adds untyped handlers. They get the tasks whose type no typed handler has.</summary>
    public AsynqBuilder AddHandlers(TaskMux mux)
    {
        ArgumentNullException.ThrowIfNull(mux);
        Services.AddSingleton(mux);
        return this;
    }

    /// <summary>Stands around all handlers. The first that is added is the outermost.</summary>
    /// <param name="middleware">Given the attempt, what is next, and the token to pass on.</param>
    public AsynqBuilder UseMiddleware(Func<TaskContext, RawHandler, CancellationToken, Task> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        Services.AddSingleton(new Middleware(middleware));
        return this;
    }

    /// <summary>
    /// Stands around all handlers, resolved from the scope of each attempt; scoped unless it is registered otherwise. The first
    /// that is added is the outermost.
    /// </summary>
    public AsynqBuilder UseMiddleware<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMiddleware>()
        where TMiddleware : class, ITaskMiddleware
    {
        Services.TryAddScoped<TMiddleware>();
        return UseMiddleware(static (context, next, cancellationToken) =>
            context.Services.GetRequiredService<TMiddleware>().InvokeAsync(context, next, cancellationToken));
    }

    private AsynqBuilder Use(RedisSource source)
    {
        Services.Replace(ServiceDescriptor.Singleton(source));
        return this;
    }
}
