using System.Collections.Frozen;
using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Fetches tasks for the free slots and starts them. Woken by hints, by due tasks and by freed slots; the poll, with jitter,
/// is what it can rely on.
/// </summary>
internal sealed class Processor : IServerComponent
{
    // Of the interval between two polls.
    private const double Jitter = 0.1;

    // A script blocks its Redis, whatever the concurrency.
    private const int MostPerRound = 4_096;

    /// <summary>How long the other queues wait for one that does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ErrorLogInterval = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a shutdown waits for fetches that have not been answered: a call and its repetition end by themselves in that time.
    /// </summary>
    private static readonly TimeSpan ReturnTime = TimeSpan.FromSeconds(10);

    private readonly ServerSettings _settings;
    private readonly ActiveTasks _active;
    private readonly Slots _slots;
    private readonly QueueSelector _selector;
    private readonly FrozenDictionary<string, QueueFetches> _fetches;
    private readonly UnansweredFetches _unanswered;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _loop;

    // The queues that may have tasks for the pass that is going on.
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    internal Processor(
        Broker broker,
        ServerSettings settings,
        AttemptRunner runner,
        ActiveTasks active,
        Slots slots,
        QueueLooks looks,
        Forwarder forwarder,
        Action<string> extendLeases,
        TimeProvider time,
        ILogger logger)
    {
        _settings = settings;
        _active = active;
        _slots = slots;
        _selector = new QueueSelector(settings, Random.Shared);
        _time = time;
        _logger = logger;
        var errors = new LogLimiter(time, ErrorLogInterval);
        _fetches = settings.QueueNames.ToFrozenDictionary(
            queue => queue,
            queue => new QueueFetches(() => new QueueFetch(
                queue, broker, settings, runner, slots, looks, forwarder, extendLeases, errors, time, logger)),
            StringComparer.Ordinal);
        _loop = new BackgroundLoop(nameof(Processor), time, logger, settings.Options.TaskCheckInterval, StepAsync);
        _unanswered = new UnansweredFetches(broker, settings, runner, EndFetchesAsync, time, logger);
        slots.Freed = _loop.Wake;
    }

    public void Start() => _loop.Start();

    /// <summary>Looks for tasks now.</summary>
    internal void Wake() => _loop.Wake();

    /// <summary>Fetches no more tasks, and gives those back that come late. Those that run go on.</summary>
    internal void Stop()
    {
        foreach (var fetch in _fetches.Values)
        {
            fetch.Stop();
        }

        _loop.RequestStop();
        _unanswered.Start();
    }

    /// <summary>
    /// Waits for the running tasks as long as the settings say, or until the token is cancelled; then ends them and has them
    /// requeued.
    /// </summary>
    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        Stop();
        await _unanswered.EndAsync(ReturnTime).ConfigureAwait(false);
        _slots.Settle(1);
        var timeout = _settings.Options.ShutdownTimeout;
        if (!await _slots.Idle.EndsWithinAsync(timeout, _time, cancellationToken).ConfigureAwait(false))
        {
            ServerLog.ShutdownTimedOut(_logger, _slots.Unsettled, timeout);
            _active.StopAll(StopReason.Shutdown);
            await _slots.Idle.ConfigureAwait(false);
        }
    }

    /// <summary>Fills the free slots, until they are full or every queue was asked for more than it had.</summary>
    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        _open.Clear();
        foreach (var (queue, fetch) in _fetches)
        {
            if (fetch.CanBeAsked)
            {
                _open.Add(queue);
            }
        }

        while (_open.Count > 0
            && !cancellationToken.IsCancellationRequested
            && _slots.Reserve(MostPerRound) is > 0 and var free)
        {
            await FetchAsync(free, cancellationToken).ConfigureAwait(false);
        }

        return NextPoll();
    }

    /// <summary>
    /// Asks the queues at once for as many tasks as there are slots. One that does not answer soon is not waited for: it keeps
    /// neither the others waiting nor slots from them.
    /// </summary>
    private async Task FetchAsync(int slots, CancellationToken cancellationToken)
    {
        var shares = _selector.Share(slots, _open);
        var asked = new Task[shares.Count];
        for (var i = 0; i < asked.Length; i++)
        {
            var (queue, count) = shares[i];
            asked[i] = _fetches[queue].Ask(count, Wake, cancellationToken);
        }

        var all = asked.Length == 1 ? asked[0] : Task.WhenAll(asked);
        if (!all.IsCompleted)
        {
            // Where there is no other queue, nobody is kept waiting.
            await (_fetches.Count == 1 ? all : all.WaitAsync(Patience, _time, CancellationToken.None))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var (queue, count) in shares)
        {
            Conclude(queue, count, isOneOfSeveral: shares.Count > 1);
        }
    }

    /// <summary>What was asked of a queue has come, or is not waited for.</summary>
    private void Conclude(string queue, int count, bool isOneOfSeveral)
    {
        var fetch = _fetches[queue];
        if (fetch.Leave())
        {
            _open.Remove(queue);
        }
        else if (fetch.Fetched < count && !fetch.MayHaveMore)
        {
            _open.Remove(queue);
        }
        else if (isOneOfSeveral && fetch.Fetched < count)
        {
            _selector.Refund(queue, count - fetch.Fetched, _open);
        }
    }

    /// <summary>
    /// Servers that were started together would otherwise ask together for ever. The interval is a bound: never more. Queues that
    /// failed are asked again when their rest is over.
    /// </summary>
    private TimeSpan NextPoll()
    {
        var wait = _settings.Options.TaskCheckInterval * (1 - (Random.Shared.NextDouble() * Jitter));
        foreach (var fetch in _fetches.Values)
        {
            if (fetch.Rest is var rest && rest > TimeSpan.Zero && rest < wait)
            {
                // A timer counts whole milliseconds: it must not come too early.
                wait = TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds));
            }
        }

        return wait;
    }

    private async Task EndFetchesAsync()
    {
        await _loop.StopAsync().ConfigureAwait(false);
        await Task.WhenAll(_fetches.Values.Select(static fetch => fetch.Running)).ConfigureAwait(false);
    }
}
