using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Fetches tasks for the free slots and starts them. Woken by hints, by due tasks and by freed slots; the poll, with jitter,
/// is what it can rely on.
/// </summary>
internal sealed class Processor : IServerComponent
{
    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly AttemptRunner _runner;
    private readonly ActiveTasks _active;
    private readonly Slots _slots;
    private readonly Action<string> _extendLeases;
    private readonly QueueSelector _selector;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _loop;
    private readonly LogLimiter _queueErrors;
    private volatile bool _stopping;

    internal Processor(
        Broker broker,
        ServerSettings settings,
        AttemptRunner runner,
        ActiveTasks active,
        Slots slots,
        Action<string> extendLeases,
        TimeProvider time,
        ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _runner = runner;
        _active = active;
        _slots = slots;
        _extendLeases = extendLeases;
        _selector = new QueueSelector(settings, Random.Shared);
        _time = time;
        _logger = logger;
        _queueErrors = new LogLimiter(time, TimeSpan.FromSeconds(30));
        _loop = new BackgroundLoop(nameof(Processor), time, logger, settings.Options.TaskCheckInterval, StepAsync);
        slots.Freed = _loop.Wake;
    }

    public void Start() => _loop.Start();

    /// <summary>Looks for tasks now.</summary>
    internal void Wake() => _loop.Wake();

    /// <summary>Fetches no more tasks. Those that run go on.</summary>
    internal void Stop()
    {
        _stopping = true;
        _loop.RequestStop();
    }

    /// <summary>
    /// Waits for the running tasks as long as the settings say, or until the token is cancelled; then ends them and has them
    /// requeued.
    /// </summary>
    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        Stop();
        await _loop.StopAsync().ConfigureAwait(false);
        _slots.Settle(1);
        var timeout = _settings.Options.ShutdownTimeout;
        if (!await _slots.Idle.EndsWithinAsync(timeout, _time, cancellationToken).ConfigureAwait(false))
        {
            ServerLog.ShutdownTimedOut(_logger, _slots.Unsettled, timeout);
            _active.StopAll(StopReason.Shutdown);
            await _slots.Idle.ConfigureAwait(false);
        }
    }

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        if (_slots.Free is > 0 and var free)
        {
            await FetchAsync(free, cancellationToken).ConfigureAwait(false);
        }

        // Servers that were started together would otherwise ask together for ever.
        return _settings.Options.TaskCheckInterval * (0.75 + (Random.Shared.NextDouble() / 2));
    }

    /// <summary>Fills free slots, until they are full or every queue was asked for more than it had.</summary>
    private async Task FetchAsync(int slots, CancellationToken cancellationToken)
    {
        var open = _settings.QueueNames.ToHashSet();
        var free = slots;
        Exception? error = null;
        while (free > 0 && open.Count > 0)
        {
            foreach (var (queue, count) in _selector.Share(free, open))
            {
                var fetched = 0;
                var mayHaveMore = false;
                try
                {
                    (fetched, mayHaveMore) = await FetchAsync(queue, count, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    // One queue that cannot be read must not keep the others waiting.
                    error = exception;
                    ReportQueue(queue, exception);
                }

                free -= fetched;
                if (fetched < count && !mayHaveMore)
                {
                    open.Remove(queue);
                }
            }
        }

        if (free == slots && error is not null)
        {
            throw new InvalidOperationException("No task could be fetched.", error);
        }
    }

    private async Task<(int Fetched, bool MayHaveMore)> FetchAsync(string queue, int count, CancellationToken cancellationToken)
    {
        var result = await _broker.DequeueAsync(queue, count, _settings.Options.LeaseDuration, cancellationToken)
            .ConfigureAwait(false);
        if (result.Dropped > 0)
        {
            ServerLog.IdsDropped(_logger, result.Dropped, queue);
        }

        foreach (var id in result.Quarantined)
        {
            ServerLog.Quarantined(_logger, id, queue);
        }

        if (_stopping)
        {
            _runner.GiveBack(result.Tasks);
            return (0, false);
        }

        foreach (var task in result.Tasks.Take(count))
        {
            Begin(task);
        }

        ExtendIfLate(queue, result.Tasks);

        // More than was asked for: an earlier fetch had leased them, and its answer never came.
        if (result.Tasks.Count > count)
        {
            _runner.GiveBack([.. result.Tasks.Skip(count)]);
        }

        return (Math.Min(result.Tasks.Count, count), result.MayHaveMore);
    }

    /// <summary>
    /// Where Redis took long to answer and little of the leases is left, they do not wait for the next heartbeat. Those that
    /// are over are not started.
    /// </summary>
    private void ExtendIfLate(string queue, IReadOnlyList<LeasedTask> fetched)
    {
        if (fetched.Count > 0
            && fetched[0].LeaseExpiry - _broker.Now is var left
            && left > TimeSpan.Zero
            && left < _settings.Options.LeaseDuration / 2)
        {
            _extendLeases(queue);
        }
    }

    private void Begin(LeasedTask task)
    {
        var attempt = _runner.Begin(task);
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => _ = state.Runner.RunAsync(state.Attempt), (Runner: _runner, Attempt: attempt), preferLocal: false);
    }

    private void ReportQueue(string queue, Exception exception)
    {
        if (_queueErrors.TryPass(out var heldBack))
        {
            ServerLog.QueueFailed(_logger, queue, heldBack, exception);
        }
    }
}
