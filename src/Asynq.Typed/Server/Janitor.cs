using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>Deletes completed tasks whose retention has ended, and names of groups that are empty.</summary>
internal sealed class Janitor : IServerComponent
{
    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly BackgroundLoop _loop;

    internal Janitor(Broker broker, ServerSettings settings, TimeProvider time, ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _loop = new BackgroundLoop(nameof(Janitor), time, logger, settings.Options.JanitorInterval, StepAsync);
    }

    public void Start() => _loop.Start();

    public Task ShutdownAsync(CancellationToken cancellationToken) => _loop.StopAsync();

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        Exception? error = null;
        foreach (var queue in _settings.QueueNames)
        {
            try
            {
                await _broker
                    .DeleteExpiredCompletedTasksAsync(queue, _settings.Options.JanitorBatchSize, cancellationToken)
                    .ConfigureAwait(false);
                await _broker.RemoveEmptyGroupsAsync(queue, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                error = exception;
            }
        }

        return error is null
            ? _settings.Options.JanitorInterval
            : throw new InvalidOperationException("Completed tasks could not be cleared away.", error);
    }
}
