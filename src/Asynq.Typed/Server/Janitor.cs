using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Deletes completed tasks whose retention has ended, and names of groups that are empty; where a poll has just seen that there
/// are none, it does not ask again.
/// </summary>
internal sealed class Janitor : IServerComponent
{
    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly QueueLooks _looks;
    private readonly QueueLoops _loops;

    internal Janitor(Broker broker, ServerSettings settings, QueueLooks looks, TimeProvider time, ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _looks = looks;
        _loops = new QueueLoops(nameof(Janitor), settings, settings.Options.JanitorInterval, time, logger, StepAsync);
    }

    public void Start() => _loops.Start();

    public Task ShutdownAsync(CancellationToken cancellationToken) => _loops.StopAsync();

    private async Task<TimeSpan> StepAsync(string queue, CancellationToken cancellationToken)
    {
        if (_looks.TrySeen(queue, _settings.Options.JanitorInterval, out var look, out var rest) && IsTidy(look))
        {
            return rest;
        }

        await _broker
            .DeleteExpiredCompletedTasksAsync(queue, _settings.Options.JanitorBatchSize, cancellationToken)
            .ConfigureAwait(false);
        await _broker.RemoveEmptyGroupsAsync(queue, cancellationToken).ConfigureAwait(false);
        return _settings.Options.JanitorInterval;
    }

    private bool IsTidy(QueueLook look) => !look.HasGroups && !(look.FirstExpiry <= _broker.Now);
}
