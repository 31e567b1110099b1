using System.Collections.Frozen;
using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Makes scheduled and retried tasks pending once they are due: at every check interval, and at the due time of the next one
/// that it knows of.
/// </summary>
internal sealed class Forwarder : IServerComponent
{
    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly Action _wakeProcessor;
    private readonly FrozenDictionary<string, NextDue> _next;
    private readonly QueueLoops _loops;

    internal Forwarder(Broker broker, ServerSettings settings, Action wakeProcessor, TimeProvider time, ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _wakeProcessor = wakeProcessor;
        _next = settings.QueueNames.ToFrozenDictionary(queue => queue, _ => new NextDue(), StringComparer.Ordinal);
        _loops = new QueueLoops(
            nameof(Forwarder), settings, settings.Options.DelayedTaskCheckInterval, time, logger, StepAsync);
    }

    public void Start() => _loops.Start();

    public Task ShutdownAsync(CancellationToken cancellationToken) => _loops.StopAsync();

    /// <summary>Looks for due tasks now.</summary>
    internal void Wake() => _loops.Wake();

    /// <summary>A task of a queue of this server's falls due at a time: looks for it then, if not earlier.</summary>
    internal void NoteDue(string queue, DateTimeOffset due)
    {
        if (_next[queue].Note(due))
        {
            _loops.Wake(queue);
        }
    }

    private async Task<TimeSpan> StepAsync(string queue, CancellationToken cancellationToken)
    {
        var next = _next[queue];
        next.Forget();
        var result = await _broker.ForwardAsync(queue, cancellationToken).ConfigureAwait(false);
        if (result.Moved > 0)
        {
            _wakeProcessor();
        }

        if (result.NextDue is { } due)
        {
            next.Note(due);
        }

        var interval = _settings.Options.DelayedTaskCheckInterval;
        var untilNext = next.Value - _broker.Now;
        return untilNext > interval ? interval : Soonest(untilNext);
    }

    // A timer counts whole milliseconds: one more, or it would come too early and find the task not due.
    private static TimeSpan Soonest(TimeSpan wait) =>
        TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds)));
}
