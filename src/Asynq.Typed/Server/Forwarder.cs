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
    private readonly BackgroundLoop _loop;
    private readonly Lock _lock = new();
    private DateTimeOffset _next = DateTimeOffset.MaxValue;

    internal Forwarder(Broker broker, ServerSettings settings, Action wakeProcessor, TimeProvider time, ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _wakeProcessor = wakeProcessor;
        _loop = new BackgroundLoop(
            nameof(Forwarder), time, logger, settings.Options.DelayedTaskCheckInterval, StepAsync);
    }

    public void Start() => _loop.Start();

    public Task ShutdownAsync(CancellationToken cancellationToken) => _loop.StopAsync();

    /// <summary>Looks for due tasks now.</summary>
    internal void Wake() => _loop.Wake();

    /// <summary>A task falls due at a time: looks for it then, if not earlier.</summary>
    internal void NoteDue(DateTimeOffset due)
    {
        lock (_lock)
        {
            if (due >= _next)
            {
                return;
            }

            _next = due;
        }

        _loop.Wake();
    }

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        Forget();
        Exception? error = null;
        foreach (var queue in _settings.QueueNames)
        {
            try
            {
                await ForwardAsync(queue, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                error = exception;
            }
        }

        return error is null ? UntilNext() : throw new InvalidOperationException("Due tasks could not be forwarded.", error);
    }

    private async Task ForwardAsync(string queue, CancellationToken cancellationToken)
    {
        var result = await _broker.ForwardAsync(queue, cancellationToken).ConfigureAwait(false);
        if (result.Moved > 0)
        {
            _wakeProcessor();
        }

        if (result.NextDue is { } due)
        {
            lock (_lock)
            {
                _next = due < _next ? due : _next;
            }
        }
    }

    private void Forget()
    {
        lock (_lock)
        {
            // What falls due from now on is noted again, by the pass itself or by whoever schedules it meanwhile.
            _next = DateTimeOffset.MaxValue;
        }
    }

    private TimeSpan UntilNext()
    {
        lock (_lock)
        {
            var interval = _settings.Options.DelayedTaskCheckInterval;
            var untilNext = _next - _broker.Now;
            return untilNext > interval ? interval : Soonest(untilNext);
        }
    }

    // A timer counts whole milliseconds: one more, or it would come too early and find the task not due.
    private static TimeSpan Soonest(TimeSpan wait) =>
        TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds)));
}
