using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Takes back the tasks of servers that no longer give a sign of life: at start, and at every interval. They are retried, or
/// archived where their retries are spent.
/// </summary>
internal sealed class Recoverer : IServerComponent
{
    // A call to Redis, and its repetition, end by themselves in that time.
    private static readonly TimeSpan LongestPass = TimeSpan.FromSeconds(10);

    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly RetryDelay _retryDelay;
    private readonly Forwarder _forwarder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly QueueLoops _loops;

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
        _time = time;
        _logger = logger;
        _loops = new QueueLoops(nameof(Recoverer), settings, settings.Options.RecovererInterval, time, logger, StepAsync);
    }

    public void Start() => _loops.Start();

    // RetryDelay is the application's, and may block: a pass that does not end is left to itself.
    public Task ShutdownAsync(CancellationToken cancellationToken) =>
        _loops.StopAsync().EndsWithinAsync(LongestPass, _time, CancellationToken.None);

    private async Task<TimeSpan> StepAsync(string queue, CancellationToken cancellationToken)
    {
        var cutoff = _broker.Now - _settings.Options.LeaseGrace;
        var result = await _broker.RecoverAsync(queue, cutoff, DelayFor, cancellationToken).ConfigureAwait(false);
        if (result.Retried.Count + result.Archived.Count + result.Dropped > 0)
        {
            ServerLog.Recovered(_logger, queue, result.Retried.Count, result.Archived.Count, result.Dropped);
        }

        foreach (var id in result.Quarantined)
        {
            ServerLog.Quarantined(_logger, id, queue);
        }

        return _settings.Options.RecovererInterval;
    }

    private TimeSpan DelayFor(TaskMessage message)
    {
        var delay = _retryDelay.For(message, new LeaseExpiredException());
        _forwarder.NoteDue(message.Queue, _broker.Now + delay);
        return delay;
    }
}
