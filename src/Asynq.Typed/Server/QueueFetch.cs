using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Fetches from one queue: one call at a time, which nobody need wait for. After a failure it is left alone for a delay that
/// grows with each one in a row.
/// </summary>
internal sealed class QueueFetch
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MostBackoff = TimeSpan.FromSeconds(10);
    private const int MostDoublings = 16;

    private readonly string _queue;
    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly AttemptRunner _runner;
    private readonly Slots _slots;
    private readonly QueueLooks _looks;
    private readonly Forwarder _forwarder;
    private readonly Action<string> _extendLeases;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LogLimiter _errors;
    private int _phase;
    private int _asked;
    private int _failuresInARow;
    private bool _isReported;
    private long _failedAt;
    private volatile bool _stopping;

    internal QueueFetch(
        string queue,
        Broker broker,
        ServerSettings settings,
        AttemptRunner runner,
        Slots slots,
        QueueLooks looks,
        Forwarder forwarder,
        Action<string> extendLeases,
        LogLimiter errors,
        TimeProvider time,
        ILogger logger)
    {
        _queue = queue;
        _broker = broker;
        _settings = settings;
        _runner = runner;
        _slots = slots;
        _looks = looks;
        _forwarder = forwarder;
        _extendLeases = extendLeases;
        _errors = errors;
        _time = time;
        _logger = logger;
    }

    private enum Phase
    {
        /// <summary>It can be asked.</summary>
        Idle,

        /// <summary>It has been asked, and the slots that were reserved for that are still its own.</summary>
        Asked,

        /// <summary>It was not waited for: its slots went to other queues.</summary>
        Late,

        /// <summary>It has answered.</summary>
        Answered,
    }

    /// <summary>The call that is going on, or the last. Never fails.</summary>
    internal Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>How many tasks the last call brought; those beyond what was asked for do not count.</summary>
    internal int Fetched { get; private set; }

    /// <summary>Whether the queue may have more tasks than the last call brought.</summary>
    internal bool MayHaveMore { get; private set; }

    /// <summary>
    /// Whether the last call that tells brought some tasks and ended, for their size, before it had all that it was asked for. One
    /// that was asked for a single task, and brought it, does not tell.
    /// </summary>
    internal bool WasCutShort { get; private set; }

    /// <summary>How long it must not be asked; zero or less where it can be.</summary>
    internal TimeSpan Rest => _failuresInARow == 0 ? TimeSpan.Zero : Backoff - _time.GetElapsedTime(_failedAt);

    internal bool CanBeAsked => Volatile.Read(ref _phase) == (int)Phase.Idle && Rest <= TimeSpan.Zero;

    private TimeSpan Backoff
    {
        get
        {
            var delay = FirstBackoff * (1 << Math.Min(_failuresInARow - 1, MostDoublings));
            var longest = _settings.Options.TaskCheckInterval < MostBackoff ? _settings.Options.TaskCheckInterval : MostBackoff;
            return delay < longest ? delay : longest;
        }
    }

    /// <summary>Asks for tasks, for which as many slots are reserved.</summary>
    /// <param name="count">How many.</param>
    /// <param name="late">Called when an answer has come that was not waited for.</param>
    /// <param name="cancellationToken">Keeps the call from being sent.</param>
    internal Task Ask(int count, Action late, CancellationToken cancellationToken)
    {
        _asked = count;
        Volatile.Write(ref _phase, (int)Phase.Asked);
        return Running = AskAsync(count, late, cancellationToken);
    }

    /// <summary>Gives back what comes from now on.</summary>
    internal void Stop() => _stopping = true;

    /// <summary>Waits no longer for the answer: its slots may go to other queues.</summary>
    /// <returns>Whether there is none yet.</returns>
    internal bool Leave()
    {
        if (Interlocked.CompareExchange(ref _phase, (int)Phase.Late, (int)Phase.Asked) != (int)Phase.Asked)
        {
            return false;
        }

        _slots.Unreserve(_asked);
        return true;
    }

    private async Task AskAsync(int count, Action late, CancellationToken cancellationToken)
    {
        IReadOnlyList<LeasedTask> tasks = [];
        MayHaveMore = false;
        try
        {
            var askedAt = _time.GetTimestamp();
            var result = await _broker
                .DequeueAsync(_queue, count, _settings.Options.LeaseDuration, _looks.IsWanted(_queue), cancellationToken)
                .ConfigureAwait(false);
            Note(result, askedAt);
            tasks = result.Tasks;
        }
        catch (Exception exception)
        {
            NoteFailure(exception, cancellationToken);
        }

        Fetched = Math.Min(tasks.Count, count);
        var isLate = Interlocked.CompareExchange(ref _phase, (int)Phase.Answered, (int)Phase.Asked) != (int)Phase.Asked;
        var reserved = isLate ? _slots.Reserve(tasks.Count) : count;
        try
        {
            Begin(tasks, reserved);
        }
        catch (Exception exception)
        {
            NoteFailure(exception, cancellationToken);
        }

        _slots.Unreserve(reserved);
        Volatile.Write(ref _phase, (int)Phase.Idle);
        if (isLate)
        {
            late();
        }
    }

    private void Note(FetchResult result, long askedAt)
    {
        if (_failuresInARow > 0)
        {
            NoteRecovery();
        }

        MayHaveMore = result.MayHaveMore;
        if (_asked > 1 || result.Tasks.Count == 0)
        {
            WasCutShort = MayHaveMore && result.Tasks.Count > 0 && result.Tasks.Count < _asked;
        }

        if (result.Dropped > 0)
        {
            ServerLog.IdsDropped(_logger, result.Dropped, _queue);
        }

        foreach (var id in result.Quarantined)
        {
            ServerLog.Quarantined(_logger, id, _queue);
        }

        if (result.Look is { } look)
        {
            // First what is due: the forwarder relies on it once the look counts.
            if (look.NextDue is { } due)
            {
                _forwarder.NoteDue(_queue, due);
            }

            _looks.Note(_queue, askedAt, look);
        }
    }

    private void NoteRecovery()
    {
        if (_isReported)
        {
            ServerLog.QueueRecovered(_logger, _queue, _failuresInARow);
        }

        _isReported = false;
        _failuresInARow = 0;
    }

    private void NoteFailure(Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            return;
        }

        _failedAt = _time.GetTimestamp();
        _failuresInARow++;
        LoopFailures.Count(nameof(Processor));
        if (_errors.TryPass(out var heldBack))
        {
            _isReported = true;
            ServerLog.QueueFailed(_logger, _queue, heldBack, exception);
        }
    }

    /// <summary>Starts as many as there are slots for, and gives the others back.</summary>
    private void Begin(IReadOnlyList<LeasedTask> tasks, int slots)
    {
        if (_stopping)
        {
            _runner.GiveBack(tasks);
            return;
        }

        for (var i = 0; i < slots && i < tasks.Count; i++)
        {
            _runner.Begin(tasks[i]).Start(_runner);
        }

        ExtendIfLate(tasks);

        // More than there are slots for: the answer came late, or brought what an earlier fetch had leased.
        if (tasks.Count > slots)
        {
            _runner.GiveBack([.. tasks.Skip(slots)]);
        }
    }

    /// <summary>
    /// Where Redis took long to answer and little of the leases is left, they do not wait for the next heartbeat. Those that
    /// are over are not started.
    /// </summary>
    private void ExtendIfLate(IReadOnlyList<LeasedTask> fetched)
    {
        if (fetched.Count > 0
            && fetched[0].LeaseExpiry - _broker.Now is var left
            && left > TimeSpan.Zero
            && left < _settings.Options.LeaseDuration / 2)
        {
            _extendLeases(_queue);
        }
    }
}
