using Asynq.Typed.Hosting;
using Asynq.Typed.Redis;
using Asynq.Typed.Scheduling;
using Asynq.Typed.Transforms;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Asynq.Typed;

/// <summary>Adds a scheduler and its periodic tasks to a service collection.</summary>
public static class SchedulerBuilderExtensions
{
    /// <summary>
    /// Adds the scheduler, which the host starts and stops. Called more than once, each <paramref name="configure"/> adds to what
    /// came before.
    /// </summary>
    public static AsynqBuilder AddScheduler(this AsynqBuilder builder, Action<AsynqSchedulerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<AsynqSchedulerOptions>, SchedulerOptionsValidator>());
        services.AddOptions<AsynqSchedulerOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddSingleton(Make);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SchedulerHostedService>());
        return builder;
    }

    /// <summary>Adds a task that the scheduler enqueues again and again, and the scheduler.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="schedule">When, see <see cref="PeriodicTask.Schedule"/>. It is checked when the host starts.</param>
    /// <param name="task">The payload, the same for every tick.</param>
    /// <param name="options">How to enqueue it. Default: as its type says.</param>
    /// <exception cref="PayloadException">The value cannot be written.</exception>
    public static AsynqBuilder AddPeriodicTask<T>(
        this AsynqBuilder builder, string schedule, T task, EnqueueOptions? options = null)
        where T : IAsynqTask<T> => builder.AddPeriodicTask(PeriodicTask.Create(schedule, task, options));

    /// <summary>Adds a task that the scheduler enqueues again and again, and the scheduler.</summary>
    public static AsynqBuilder AddPeriodicTask(this AsynqBuilder builder, PeriodicTask task)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(task);
        builder.Services.AddSingleton(task);
        return builder.AddScheduler();
    }

    /// <summary>
    /// Adds a provider of periodic tasks, and the scheduler. It is asked from the start on, at an interval, and when its change
    /// token fires; the start does not wait for it.
    /// </summary>
    public static AsynqBuilder AddPeriodicTasks(this AsynqBuilder builder, Func<IServiceProvider, IPeriodicTaskProvider> make)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(make);
        builder.Services.AddSingleton<IPeriodicTaskProvider>(make);
        return builder.AddScheduler();
    }

    /// <summary>Adds the periodic tasks that <paramref name="get"/> returns, asked for at an interval, and the scheduler.</summary>
    public static AsynqBuilder AddPeriodicTasks(
        this AsynqBuilder builder,
        Func<IServiceProvider, CancellationToken, ValueTask<IReadOnlyCollection<PeriodicTask>>> get)
    {
        ArgumentNullException.ThrowIfNull(get);
        return builder.AddPeriodicTasks(
            services => new DelegatePeriodicTasks(cancellationToken => get(services, cancellationToken)));
    }

    /// <summary>
    /// Adds the periodic tasks of a configuration section, and the scheduler. Each child is one, and its key its name:
    /// <c>Schedule</c> and <c>Type</c>; <c>TimeZone</c>; <c>Payload</c> (its text is the payload) or <c>PayloadBase64</c>;
    /// <c>Misfire</c> (<c>Skip</c>, <c>Once</c>, or <c>All</c> with a <c>MisfireLimit</c>); <c>Queue</c>, <c>MaxRetry</c>,
    /// <c>Timeout</c>, <c>ProcessIn</c>, <c>TaskId</c>, <c>Retention</c>, <c>UniqueFor</c>, <c>Group</c>, <c>Headers</c>,
    /// <c>TransformPayload</c>. A reload of the configuration is followed at once. A child that cannot be read is logged and left
    /// out; where it could be before, its entry stays as it was.
    /// </summary>
    public static AsynqBuilder AddPeriodicTasks(this AsynqBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return builder.AddPeriodicTasks(_ => new ConfiguredPeriodicTasks(section));
    }

    private static AsynqScheduler Make(IServiceProvider services)
    {
        var scheduler = new AsynqScheduler(
            services.GetRequiredService<BrokerSource>().GetAsync,
            services.GetRequiredService<IOptions<AsynqSchedulerOptions>>().Value,
            services.GetRequiredService<TimeProvider>(),
            services.GetService<ILogger<AsynqScheduler>>() ?? NullLogger<AsynqScheduler>.Instance,
            services.GetRequiredService<TransformChain>());
        foreach (var task in services.GetServices<PeriodicTask>())
        {
            scheduler.Register(task);
        }

        foreach (var provider in services.GetServices<IPeriodicTaskProvider>())
        {
            scheduler.AddProvider(provider);
        }

        return scheduler;
    }
}
