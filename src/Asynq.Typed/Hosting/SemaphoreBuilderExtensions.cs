using Asynq.Typed.Hosting;
using Asynq.Typed.Rate;
using Asynq.Typed.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Asynq.Typed;

/// <summary>Limits how many tasks run at once on all servers together.</summary>
public static class SemaphoreBuilderExtensions
{
    /// <summary>
    /// Adds a middleware that runs at most so many of the tasks of one type at once, on all servers that name the same scope. See
    /// <see cref="UseSemaphore(AsynqBuilder, string, Action{TaskSemaphoreOptions})"/>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="scope">What is limited, such as <c>payment-api</c>. Not blank.</param>
    /// <param name="maxTokens">How many run at once. At least 1.</param>
    public static AsynqBuilder UseSemaphore<TTask>(this AsynqBuilder builder, string scope, int maxTokens)
        where TTask : IAsynqTask<TTask> =>
        builder.UseSemaphore(scope, options => options.For<TTask>().MaxTokens = maxTokens);

    /// <summary>
    /// Adds a middleware that runs at most <see cref="TaskSemaphoreOptions.MaxTokens"/> of the tasks that the options choose at
    /// once, on all servers that name the same scope, those of Go's asynq with its package <c>rate</c> among them. A task that
    /// gets no token waits for <see cref="TaskSemaphoreOptions.Delay"/> and spends no retry, even where it has none. Called more
    /// than once for a scope, each <paramref name="configure"/> adds to what came before; <c>Configure&lt;TaskSemaphoreOptions&gt;</c>
    /// for options of that name does too.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="scope">What is limited, such as <c>payment-api</c>. Not blank.</param>
    /// <param name="configure">Sets at least the number of tokens.</param>
    /// <exception cref="ArgumentException">The scope is blank.</exception>
    public static AsynqBuilder UseSemaphore(this AsynqBuilder builder, string scope, Action<TaskSemaphoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(scope);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<TaskSemaphoreOptions>, SemaphoreOptionsValidator>());
        services.AddOptions<TaskSemaphoreOptions>(scope).Configure(configure).ValidateOnStart();
        if (!services.Any(service => service.ImplementationInstance is SemaphoreScope added && added.Name == scope))
        {
            services.AddSingleton(new SemaphoreScope(scope));
            services.AddSingleton(provider => new Middleware(Make(provider, scope).InvokeAsync));
        }

        return builder;
    }

    private static SemaphoreMiddleware Make(IServiceProvider services, string scope)
    {
        var options = services.GetRequiredService<IOptionsMonitor<TaskSemaphoreOptions>>().Get(scope);
        return new SemaphoreMiddleware(
            new AsynqSemaphore(services.GetRequiredService<AsynqClient>(), scope, options.MaxTokens),
            options,
            services.GetRequiredService<TimeProvider>(),
            new GuardedLogger(services.GetService<ILogger<AsynqSemaphore>>() ?? NullLogger<AsynqSemaphore>.Instance));
    }
}
