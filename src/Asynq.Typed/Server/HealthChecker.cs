using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>Asks Redis at every interval whether it answers, and tells the application's health check.</summary>
internal sealed class HealthChecker : IServerComponent
{
    private readonly Broker _broker;
    private readonly TimeSpan _interval;
    private readonly Action<Exception?>? _healthCheck;
    private readonly TimeProvider _time;
    private readonly BackgroundLoop _loop;
    private Task _call = Task.CompletedTask;

    internal HealthChecker(Broker broker, ServerSettings settings, TimeProvider time, ILogger logger)
    {
        _broker = broker;
        _time = time;
        _interval = settings.Options.HealthCheckInterval;
        _healthCheck = settings.Options.HealthCheck;
        _loop = new BackgroundLoop("Health checker", time, logger, _interval, StepAsync);
    }

    public void Start()
    {
        if (_healthCheck is not null)
        {
            _loop.Start();
        }
    }

    public Task ShutdownAsync(CancellationToken cancellationToken) => _loop.StopAsync();

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        Exception? error = null;
        try
        {
            await _broker.PingAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            error = exception;
        }

        if (_call.IsCompleted)
        {
            _call = Task.Run(() => _healthCheck!(error), CancellationToken.None);
        }

        // It may block: then neither the loop nor the shutdown waits for it, and it is not called again while it does.
        if (!await _call.EndsWithinAsync(LimitedCall.Limit, _time, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException(
                $"{nameof(AsynqServerOptions.HealthCheck)} has not returned for {LimitedCall.Limit}; it is not called again until it has.");
        }

        await _call.ConfigureAwait(false);
        return _interval;
    }
}
