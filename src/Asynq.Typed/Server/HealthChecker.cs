using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>Asks Redis at every interval whether it answers, and tells the application's health check.</summary>
internal sealed class HealthChecker : IServerComponent
{
    private readonly Broker _broker;
    private readonly TimeSpan _interval;
    private readonly Action<Exception?>? _healthCheck;
    private readonly BackgroundLoop _loop;

    internal HealthChecker(Broker broker, ServerSettings settings, TimeProvider time, ILogger logger)
    {
        _broker = broker;
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

        _healthCheck?.Invoke(error);
        return _interval;
    }
}
