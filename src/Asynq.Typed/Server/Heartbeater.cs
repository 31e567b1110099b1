using Asynq.Typed.Redis;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Gives the server's sign of life: extends the leases of its tasks, ends those that it has lost or that a user cancelled,
/// and writes what the server is and does. It is the last to shut down, so that leases hold until then.
/// </summary>
internal sealed class Heartbeater : IServerComponent
{
    private static readonly TimeSpan ClearTime = TimeSpan.FromSeconds(2);

    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly ServerIdentity _identity;
    private readonly ServerDetail _detail;
    private readonly ActiveTasks _active;
    private readonly Action _leaveCleanUps;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _beat;
    private readonly QueueLoops _leases;
    private readonly BackgroundLoop _watch;

    internal Heartbeater(
        Broker broker,
        ServerSettings settings,
        ServerIdentity identity,
        ServerDetail detail,
        ActiveTasks active,
        Action leaveCleanUps,
        TimeProvider time,
        ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _identity = identity;
        _detail = detail;
        _active = active;
        _leaveCleanUps = leaveCleanUps;
        _time = time;
        _logger = logger;
        var interval = settings.Options.HeartbeatInterval;
        _beat = new BackgroundLoop(nameof(Heartbeater), time, logger, interval, BeatAsync);

        _leases = new QueueLoops("Leases", settings, interval, time, logger, ExtendAsync);

        // By itself, because the others may hang on a Redis that does not answer just when leases run out.
        _watch = new BackgroundLoop("Lease and deadline watch", time, logger, interval, WatchAsync);
    }

    public void Start()
    {
        _leases.Start();
        _beat.Start();
        _watch.Start();
    }

    /// <summary>Writes the server's state now: it has changed.</summary>
    internal void Wake() => _beat.Wake();

    /// <summary>Extends the leases of a queue's tasks now.</summary>
    internal void Extend(string queue) => _leases.Wake(queue);

    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_watch.StopAsync(), _beat.StopAsync(), _leases.StopAsync()).ConfigureAwait(false);

        // It expires by itself: nobody need wait for a Redis that does not answer.
        await ClearAsync().EndsWithinAsync(ClearTime, _time, cancellationToken).ConfigureAwait(false);
    }

    private async Task ClearAsync()
    {
        try
        {
            await _broker.ClearServerStateAsync(_identity.Host, _identity.ProcessId, _identity.ServerId, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ServerLog.ClearFailed(_logger, exception);
        }
    }

    private async Task<TimeSpan> BeatAsync(CancellationToken cancellationToken)
    {
        var errors = new List<Exception>();
        if (_settings.FollowsRedisClock)
        {
            await TryAsync(() => _broker.SampleClockAsync(cancellationToken), errors).ConfigureAwait(false);
        }

        await TryAsync(() => WriteStateAsync(cancellationToken), errors).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return errors.Count == 0
            ? _settings.Options.HeartbeatInterval
            : throw new AggregateException("The heartbeat did not get through.", errors);
    }

    private Task<TimeSpan> WatchAsync(CancellationToken cancellationToken)
    {
        var now = _broker.Now;
        foreach (var attempt in _active.All)
        {
            if (attempt.HeldUntil <= now)
            {
                attempt.TryStop(StopReason.LeaseLost);
            }
            else
            {
                attempt.WatchDeadline(_settings.DeadlineSpan);
            }
        }

        _leaveCleanUps();
        return Task.FromResult(_settings.Options.HeartbeatInterval);
    }

    private async Task<TimeSpan> ExtendAsync(string queue, CancellationToken cancellationToken)
    {
        var tasks = _active.All.Where(attempt => attempt.Message.Queue == queue).ToList();
        var until = _broker.Now + _settings.Options.LeaseDuration;
        var extension = await _broker
            .ExtendLeaseAsync(
                queue, [.. tasks.Select(task => task.Leased)], _settings.Options.LeaseDuration, cancellationToken)
            .ConfigureAwait(false);
        foreach (var task in tasks)
        {
            task.Hold(until);
        }

        foreach (var task in extension.Lost)
        {
            _active.Stop(task, StopReason.LeaseLost);
        }

        foreach (var task in extension.Cancelled)
        {
            _active.Stop(task, StopReason.Cancelled);
        }

        return _settings.Options.HeartbeatInterval;
    }

    private Task WriteStateAsync(CancellationToken cancellationToken)
    {
        var running = _active.All.ToList();
        return _broker.WriteServerStateAsync(
            _identity.Describe(_settings, running.Count),
            [.. running.Select(Describe)],
            _detail,
            _settings.Options.HeartbeatInterval * 2,
            cancellationToken);
    }

    private WorkerInfo Describe(ActiveTask attempt) => new()
    {
        Host = _identity.Host,
        Pid = _identity.ProcessId,
        ServerId = _identity.ServerId,
        TaskId = attempt.Message.Id,
        TaskType = attempt.Message.Type,
        TaskPayload = attempt.Message.Payload,
        Queue = attempt.Message.Queue,
        StartTime = Timestamp.FromDateTimeOffset(attempt.StartedAt),
        Deadline = Timestamp.FromDateTimeOffset(attempt.Deadline),
    };

    private static async Task TryAsync(Func<Task> call, List<Exception> errors)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            errors.Add(exception);
        }
    }
}
