using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Scheduling;

/// <summary>
/// Wakes for each tick and each heartbeat. It waits for neither, so that a hook or a Redis that hangs delays only the entry
/// that it belongs to.
/// </summary>
internal sealed class SchedulerLoop
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClearAtMost = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly Func<CancellationToken, ValueTask<Broker>> _connect;
    private readonly EntryTable _entries;
    private readonly AsynqSchedulerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _followsRedisClock;
    private readonly FailureLog _failures;
    private readonly EntryPass _pass;
    private readonly WakeSignal _wait;
    private readonly StopSignal _stop;
    private Broker? _broker;
    private Task _running = Task.CompletedTask;
    private Task _beat = Task.CompletedTask;
    private DateTimeOffset _nextBeat;
    private int _changed;

    internal SchedulerLoop(
        Func<CancellationToken, ValueTask<Broker>> connect,
        EntryTable entries,
        AsynqSchedulerOptions options,
        TransformChain transforms,
        TimeProvider time,
        ILogger logger,
        bool followsRedisClock)
    {
        _connect = connect;
        _entries = entries;
        _options = options;
        _time = time;
        _logger = logger;
        _followsRedisClock = followsRedisClock;
        _failures = new FailureLog(time, logger);
        _pass = new EntryPass(options, new TickEnqueuer(options, transforms, _failures, logger), _failures, logger);
        _wait = new WakeSignal(time);
        _stop = new StopSignal(logger);
        Id = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():D}";
    }

    internal string Id { get; }

    /// <summary>The time by Redis' clock, once there has been a connection.</summary>
    internal DateTimeOffset Now => Volatile.Read(ref _broker)?.Now ?? _time.GetUtcNow();

    internal void Start() => _running = Task.Run(RunAsync);

    /// <summary>The entries are not those of the last heartbeat.</summary>
    internal void EntriesChanged()
    {
        Interlocked.Exchange(ref _changed, 1);
        _wait.Set();
    }

    /// <summary>Throws nothing.</summary>
    /// <param name="cancellationToken">Ends the wait for hooks that do not end.</param>
    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.SetAsync().ConfigureAwait(false);
        await _stop.WhenEndedAsync(_running, "connecting", cancellationToken).ConfigureAwait(false);
        var passes = Task.WhenAll([_beat, .. _entries.All.Concat(_entries.Removed).Select(entry => entry.Pass)]);
        await _stop.WhenEndedAsync(passes, "hooks", cancellationToken).ConfigureAwait(false);
        if (_broker is { } broker)
        {
            await ClearAsync(broker).ConfigureAwait(false);
        }
    }

    private async Task RunAsync()
    {
        var token = _stop.Token;
        try
        {
            while (!token.IsCancellationRequested)
            {
                var wait = await StepAsync(token).ConfigureAwait(false);
                await _wait.WaitAsync(wait, token).ConfigureAwait(false);
            }
        }
        catch (Exception) when (token.IsCancellationRequested)
        {
            // Whatever connecting ended with.
        }
    }

    private async Task<TimeSpan> StepAsync(CancellationToken token)
    {
        try
        {
            var broker = await _connect(token).ConfigureAwait(false);
            Volatile.Write(ref _broker, broker);
            var now = broker.Now;
            var next = Earlier(Beat(broker, now, token), DealWithDue(broker, now, token));

            // Rounded up: a timer counts milliseconds, and one that fires before the tick would only be set again.
            var wait = next - broker.Now + Millisecond;
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
        catch (Exception exception) when (!token.IsCancellationRequested)
        {
            _failures.PassFailed(exception);
            return RetryInterval;
        }
    }

    /// <returns>When the next is due.</returns>
    private DateTimeOffset Beat(Broker broker, DateTimeOffset now, CancellationToken token)
    {
        if (_beat.IsCompleted && (Interlocked.Exchange(ref _changed, 0) == 1 || now >= _nextBeat))
        {
            _nextBeat = now + _options.HeartbeatInterval;
            _beat = Task.Run(() => BeatAsync(broker, token), CancellationToken.None);
        }

        return _nextBeat > now ? _nextBeat : now + RetryInterval;
    }

    /// <returns>When the next entry is due that is not being dealt with.</returns>
    private DateTimeOffset DealWithDue(Broker broker, DateTimeOffset now, CancellationToken token)
    {
        var next = DateTimeOffset.MaxValue;
        foreach (var entry in _entries.All)
        {
            if (!entry.Pass.IsCompleted || entry.DueAt is not { } due)
            {
                continue;
            }

            if (due > now)
            {
                next = Earlier(next, due);
                continue;
            }

            entry.Pass = Task.Run(() => _pass.RunAsync(broker, entry, token), CancellationToken.None);
            _ = entry.Pass.ContinueWith(
                static (_, wait) => ((WakeSignal)wait!).Set(), _wait, TaskScheduler.Default);
        }

        return next;
    }

    /// <summary>Throws nothing: what does not get through is written by the next heartbeat.</summary>
    private async Task BeatAsync(Broker broker, CancellationToken token)
    {
        try
        {
            if (_followsRedisClock)
            {
                await broker.SampleClockAsync(token).ConfigureAwait(false);
            }

            await broker.WriteSchedulerEntriesAsync(
                Id, [.. _entries.All.Select(entry => entry.Describe())], _options.HeartbeatInterval * 2, token)
                .ConfigureAwait(false);
            foreach (var entry in _entries.Removed.Where(entry => entry.Pass.IsCompleted))
            {
                // A pass that runs would record after this what it enqueues: its entry's turn is later.
                await broker.ClearSchedulerHistoryAsync(entry.Id, token).ConfigureAwait(false);
                _entries.Forget(entry);
            }
        }
        catch (Exception exception) when (!token.IsCancellationRequested)
        {
            _failures.BeatFailed(exception);
        }
        catch (Exception)
        {
            // The scheduler is stopping.
        }
    }

    /// <summary>Throws nothing. What the caller has of patience may have been spent on hooks: this has a time of its own.</summary>
    private async Task ClearAsync(Broker broker)
    {
        using var limit = new CancellationTokenSource(ClearAtMost, _time);
        try
        {
            await broker.ClearSchedulerEntriesAsync(Id, limit.Token).ConfigureAwait(false);
            foreach (var entry in _entries.All.Concat(_entries.Removed))
            {
                await broker.ClearSchedulerHistoryAsync(entry.Id, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            SchedulerLog.ClearFailed(_logger, exception);
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
