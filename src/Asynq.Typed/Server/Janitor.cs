using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>Deletes completed tasks whose retention has ended, and names of groups that are empty.</summary>
internal sealed class Janitor : IServerComponent
{
    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly QueueLoops _loops;

    internal Janitor(Broker broker, ServerSettings settings, TimeProvider time, ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _loops = new QueueLoops(nameof(Janitor), settings, settings.Options.JanitorInterval, time, logger, StepAsync);
    }

    public void Start() => _loops.Start();

    public Task ShutdownAsync(CancellationToken cancellationToken) => _loops.StopAsync();

    private async Task<TimeSpan> StepAsync(string queue, CancellationToken cancellationToken)
    {
        await _broker
            .DeleteExpiredCompletedTasksAsync(queue, _settings.Options.JanitorBatchSize, cancellationToken)
            .ConfigureAwait(false);
        await _broker.RemoveEmptyGroupsAsync(queue, cancellationToken).ConfigureAwait(false);
        return _settings.Options.JanitorInterval;
    }
}
