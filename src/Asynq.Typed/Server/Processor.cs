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
    private readonly QueueSelector _selector;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _loop;
    private readonly LogLimiter _queueErrors;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // One for the loop itself: as long as it may start attempts, the processor is not idle.
    private int _outstanding = 1;
    private volatile bool _stopping;

    internal Processor(
        Broker broker,
        ServerSettings settings,
        AttemptRunner runner,
        ActiveTasks active,
        TimeProvider time,
        ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _runner = runner;
        _active = active;
        _selector = new QueueSelector(settings, Random.Shared);
        _time = time;
        _logger = logger;
        _queueErrors = new LogLimiter(time, TimeSpan.FromSeconds(30));
        _loop = new BackgroundLoop(nameof(Processor), time, logger, settings.Options.TaskCheckInterval, StepAsync);
    }

    /// <summary>How many slots are taken.</summary>
    internal int Busy => Math.Max(0, Volatile.Read(ref _outstanding) - 1);

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
        Leave();
        var timeout = _settings.Options.ShutdownTimeout;
        if (!await _idle.Task.EndsWithinAsync(timeout, _time, cancellationToken).ConfigureAwait(false))
        {
            ServerLog.ShutdownTimedOut(_logger, Volatile.Read(ref _outstanding), timeout);
            _active.StopAll(StopReason.Shutdown);
            await _idle.Task.ConfigureAwait(false);
        }
    }

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        var free = _settings.Concurrency - Busy;
        if (free > 0 && await FetchAsync(free, cancellationToken).ConfigureAwait(false) > 0)
        {
            return TimeSpan.Zero;
        }

        // Servers that were started together would otherwise ask together for ever.
        return _settings.Options.TaskCheckInterval * (0.75 + (Random.Shared.NextDouble() / 2));
    }

    private async Task<int> FetchAsync(int slots, CancellationToken cancellationToken)
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

        return free == slots && error is not null
            ? throw new InvalidOperationException("No task could be fetched.", error)
            : slots - free;
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
            await GiveBackAsync(result.Tasks).ConfigureAwait(false);
            return (0, false);
        }

        foreach (var task in result.Tasks.Take(count))
        {
            Begin(task);
        }

        // More than was asked for: an earlier fetch had leased them, and its answer never came.
        await GiveBackAsync([.. result.Tasks.Skip(count)]).ConfigureAwait(false);
        return (Math.Min(result.Tasks.Count, count), result.MayHaveMore);
    }

    /// <summary>Requeues tasks that were fetched but not started, the last first, so that their order stays.</summary>
    private async Task GiveBackAsync(IReadOnlyList<LeasedTask> tasks)
    {
        for (var index = tasks.Count - 1; index >= 0; index--)
        {
            await _runner.GiveBackAsync(tasks[index]).ConfigureAwait(false);
        }
    }

    private void Begin(LeasedTask task)
    {
        Interlocked.Increment(ref _outstanding);
        var attempt = _runner.Begin(task);
        _ = Task.Run(() => RunAsync(attempt));
    }

    private async Task RunAsync(ActiveTask attempt)
    {
        try
        {
            await _runner.RunAsync(attempt).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The runner reports what handlers do; this is a fault of its own, and the lease will run out.
            _active.Remove(attempt);
            ServerLog.RunnerFailed(_logger, attempt.Message.Id, attempt.Message.Type, exception);
        }
        finally
        {
            Leave();
            _loop.Wake();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _outstanding) == 0)
        {
            _idle.TrySetResult();
        }
    }

    private void ReportQueue(string queue, Exception exception)
    {
        if (_queueErrors.TryPass(out var heldBack))
        {
            ServerLog.QueueFailed(_logger, queue, heldBack, exception);
        }
    }
}
