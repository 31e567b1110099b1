using System.Collections.Frozen;
using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Makes scheduled and retried tasks pending once they are due: at every check interval, unless a poll has just looked, and at
/// the due time of the next one that it knows of.
/// </summary>
internal sealed class Forwarder : IServerComponent
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(10);

    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly QueueLooks _looks;
    private readonly Action _wakeProcessor;
    private readonly TimeProvider _time;
    private readonly FrozenDictionary<string, NextDue> _next;
    private readonly QueueLoops _loops;

    internal Forwarder(
        Broker broker, ServerSettings settings, QueueLooks looks, Action wakeProcessor, TimeProvider time, ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _looks = looks;
        _wakeProcessor = wakeProcessor;
        _time = time;
        _next = settings.QueueNames.ToFrozenDictionary(queue => queue, _ => new NextDue(), StringComparer.Ordinal);
        _loops = new QueueLoops(
            nameof(Forwarder), settings, settings.Options.DelayedTaskCheckInterval, time, logger, StepAsync);
    }

    public void Start() => _loops.Start();

    public Task ShutdownAsync(CancellationToken cancellationToken) => _loops.StopAsync();

    /// <summary>Looks for due tasks of a queue now.</summary>
    internal void Wake(string queue)
    {
        _next[queue].NoteNow();
        _loops.Wake(queue);
    }

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
        var wait = _settings.Options.DelayedTaskCheckInterval;
        var took = TimeSpan.Zero;
        if (next.Value > _broker.Now && _looks.TrySeen(queue, wait, out _, out var rest))
        {
            // The processor has noted what is due next.
            wait = rest;
        }
        else
        {
            var began = _time.GetTimestamp();
            await ForwardAsync(queue, next, cancellationToken).ConfigureAwait(false);
            took = _time.GetElapsedTime(began);
        }

        var untilNext = next.Value - _broker.Now;
        return untilNext > wait ? wait : Soonest(untilNext, took);
    }

    private async Task ForwardAsync(string queue, NextDue next, CancellationToken cancellationToken)
    {
        next.Forget();
        ForwardResult result;
        try
        {
            result = await _broker.ForwardAsync(queue, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Whatever others have seen: what was due is to be looked for again.
            next.NoteNow();
            throw;
        }

        if (result.Moved > 0)
        {
            _wakeProcessor();
        }

        if (result.NextDue is { } due)
        {
            next.Note(due);
        }
    }

    // A timer counts whole milliseconds: one more, or it would come too early and find the task not due. Where very many tasks
    // are due within one second, each pass looks through those that are left of it: passes do not follow without a pause.
    private static TimeSpan Soonest(TimeSpan wait, TimeSpan took)
    {
        var pause = took < LongestPause ? took : LongestPause;
        return TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((wait > pause ? wait : pause).TotalMilliseconds)));
    }
}
