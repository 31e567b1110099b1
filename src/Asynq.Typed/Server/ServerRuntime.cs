using Asynq.Typed.Client;
using Asynq.Typed.Redis;
using Asynq.Typed.Routing;
using Asynq.Typed.Transforms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>The components of a running server, how they are tied together, and the order in which they end.</summary>
internal sealed class ServerRuntime
{
    private readonly ILogger _logger;
    private readonly Processor _processor;
    private readonly Forwarder _forwarder;
    private readonly Heartbeater _heartbeater;

    internal ServerRuntime(
        Broker broker,
        ServerSettings settings,
        ServerIdentity identity,
        TaskRouter router,
        IServiceScopeFactory scopes,
        TimeProvider time,
        ILogger logger,
        TransformChain? transforms = null)
    {
        _logger = logger;
        var chain = transforms ?? TransformChain.None;
        Active = new ActiveTasks();
        Syncer = new Syncer(settings, Active, time, logger) { Written = WakeProcessor };
        var looks = new QueueLooks(settings, time);
        _forwarder = new Forwarder(broker, settings, looks, WakeProcessor, time, logger);
        var retryDelay = new RetryDelay(settings.Options.RetryDelay, logger);
        var neighbours = new Neighbours(broker, identity, time);
        var policy = new FailurePolicy(settings, retryDelay, neighbours, time, logger);
        var slots = new Slots(settings.Concurrency) { Unwritten = () => Syncer.Unwritten };
        var telemetry = new AttemptTelemetry(time, logger);
        var finisher = new Finisher(broker, Active, slots, Syncer, _forwarder, telemetry, time, logger);
        var runner = new AttemptRunner(
            broker, router, scopes, settings, policy, finisher, Active, slots, chain, telemetry, time, logger);
        _processor = new Processor(broker, settings, runner, Active, slots, looks, _forwarder, ExtendLeases, time, logger);
        IReadOnlyList<string> aggregatedTypes =
            [.. router.Aggregators.Keys.Order(StringComparer.Ordinal), .. settings.Options.GroupAggregator is null ? Array.Empty<string>() : ["*"]];
        _heartbeater = new Heartbeater(
            broker, settings, identity, identity.Detail(router.KnownTypes, aggregatedTypes), Active, runner.LeaveCleanUps, time, logger);
        var backoff = new GroupBackoff(Aggregator.IntervalFor(settings.Options.GroupGracePeriod), time);
        var sets = new SetAggregation(
            broker,
            router.Aggregators,
            settings.Options.GroupAggregator,
            new AggregatorCall(scopes, time, logger),
            backoff,
            NoteEnqueued,
            chain,
            logger);

        // Senders before receivers. The processor waits for the running tasks; those may still be cancelled, so the subscriber
        // stays until then. They hand failed writes to the syncer, and their leases are extended until the last of them is
        // written or given up: the heartbeater is the last. The others send to nobody that could miss it. What is in one
        // stage ends at the same time, so that a Redis that does not answer is waited for once.
        ShutdownStages =
        [
            [
                _processor,
                _forwarder,
                new Recoverer(broker, settings, retryDelay, _forwarder, time, logger),
                new Aggregator(broker, settings, looks, sets, backoff, neighbours, aggregatedTypes.Count > 0, time, logger),
                new Janitor(broker, settings, looks, time, logger),
                new HealthChecker(broker, settings, time, logger),
                new NeighbourWatch(broker, settings, identity, router.KnownTypes, time, logger),
            ],
            [
                Syncer,
                new Subscriber(broker, settings, Active, WakeProcessor, _forwarder.Wake, time, logger),
                new PoolWatch(settings.Concurrency, slots, logger),
            ],
            [_heartbeater],
        ];
    }

    /// <summary>The components, in the stages in which they shut down. They start in the opposite order.</summary>
    internal IReadOnlyList<IReadOnlyList<IServerComponent>> ShutdownStages { get; }

    internal ActiveTasks Active { get; }

    internal Syncer Syncer { get; }

    internal void Start()
    {
        foreach (var component in ShutdownStages.Reverse().SelectMany(stage => stage))
        {
            component.Start();
        }
    }

    /// <summary>Takes no more tasks.</summary>
    internal void Stop()
    {
        _processor.Stop();
        _heartbeater.Wake();
    }

    /// <summary>Ends the components, one stage after the other.</summary>
    internal Task ShutdownAsync(CancellationToken cancellationToken) => ShutdownAsync(ShutdownStages, _logger, cancellationToken);

    /// <summary>
    /// As above. A component that fails to end is reported, and keeps no other from ending: there is nobody who could try again.
    /// </summary>
    internal static async Task ShutdownAsync(
        IReadOnlyList<IReadOnlyList<IServerComponent>> stages, ILogger logger, CancellationToken cancellationToken)
    {
        foreach (var stage in stages)
        {
            await Task.WhenAll(stage.Select(component => EndAsync(component, logger, cancellationToken))).ConfigureAwait(false);
        }
    }

    private static async Task EndAsync(IServerComponent component, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await component.ShutdownAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ServerLog.ComponentFailedToEnd(logger, component.GetType().Name, exception);
        }
    }

    private void NoteEnqueued(EnqueuePlan batch)
    {
        if (batch.State == TaskState.Scheduled)
        {
            _forwarder.NoteDue(batch.Message.Queue, batch.ProcessAt);
        }
        else
        {
            WakeProcessor();
        }
    }

    private void ExtendLeases(string queue) => _heartbeater.Extend(queue);

    /// <summary>Has tasks fetched now.</summary>
    internal void WakeProcessor() => _processor.Wake();
}
