using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Takes back the tasks of servers that no longer give a sign of life: at start, and at every interval. They are retried, or
/// archived where their retries are spent.
/// </summary>
internal sealed class Recoverer : IServerComponent
{
    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly RetryDelay _retryDelay;
    private readonly Forwarder _forwarder;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _loop;

    internal Recoverer(
        Broker broker,
        ServerSettings settings,
        RetryDelay retryDelay,
        Forwarder forwarder,
        TimeProvider time,
        ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _retryDelay = retryDelay;
        _forwarder = forwarder;
        _logger = logger;
        _loop = new BackgroundLoop(nameof(Recoverer), time, logger, settings.Options.RecovererInterval, StepAsync);
    }

    public void Start() => _loop.Start();

    public Task ShutdownAsync(CancellationToken cancellationToken) => _loop.StopAsync();

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        var cutoff = _broker.Now - _settings.Options.LeaseGrace;
        Exception? error = null;
        foreach (var queue in _settings.QueueNames)
        {
            try
            {
                await RecoverAsync(queue, cutoff, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                error = exception;
            }
        }

        return error is null
            ? _settings.Options.RecovererInterval
            : throw new InvalidOperationException("Tasks of crashed servers could not be recovered.", error);
    }

    private async Task RecoverAsync(string queue, DateTimeOffset cutoff, CancellationToken cancellationToken)
    {
        var result = await _broker.RecoverAsync(queue, cutoff, DelayFor, cancellationToken).ConfigureAwait(false);
        if (result.Retried.Count + result.Archived.Count + result.Dropped > 0)
        {
            ServerLog.Recovered(_logger, queue, result.Retried.Count, result.Archived.Count, result.Dropped);
        }

        foreach (var id in result.Quarantined)
        {
            ServerLog.Quarantined(_logger, id, queue);
        }
    }

    private TimeSpan DelayFor(TaskMessage message)
    {
        var delay = _retryDelay.For(message, new LeaseExpiredException());
        _forwarder.NoteDue(_broker.Now + delay);
        return delay;
    }
}
