using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>One attempt at a task that this server holds, from fetch until Redis knows how it ended.</summary>
#pragma warning disable CA2213 // A token source without a timer or a parent holds nothing that disposing it would free.
internal sealed class ActiveTask : IThreadPoolWorkItem, IAsyncDisposable
#pragma warning restore CA2213
{
    // The longest time that a timer takes.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    private readonly CancellationTokenSource _cancel = new();
    private readonly TimeProvider _time;
    private readonly long _begun;
    private readonly TimeSpan _allowed;
    private readonly long _startedTicks;
    private ITimer? _deadlineTimer;
    private AttemptRunner? _runner;
    private long _heldUntilTicks;
    private int _reason;
    private int _phases;
    private bool _isWatched;
    private bool _ended;
    private bool _disposed;

    /// <param name="leased">The task.</param>
    /// <param name="time">The clock.</param>
    /// <param name="startedAt">When the attempt began.</param>
    /// <param name="deadline">When it is to end, by this machine's clock.</param>
    internal ActiveTask(LeasedTask leased, TimeProvider time, DateTimeOffset startedAt, DateTimeOffset deadline)
    {
        Leased = leased;
        _heldUntilTicks = leased.LeaseExpiry.UtcTicks;
        _startedTicks = startedAt.UtcTicks;
        _time = time;
        _begun = time.GetTimestamp();
        _allowed = deadline - startedAt;
    }

    internal LeasedTask Leased { get; }

    internal TaskMessage Message => Leased.Message;

    internal DateTimeOffset StartedAt => new(_startedTicks, TimeSpan.Zero);

    internal DateTimeOffset Deadline => StartedAt + _allowed;

    /// <summary>What its handler sees; set before it can be stopped.</summary>
    internal AttemptContext? Context { get; private set; }

    /// <summary>When its handler was called, or later when the clean-up began, by the clock's timestamp.</summary>
    internal long PhaseSince { get; private set; }

    /// <summary>Completes when its handler is waited for no longer and all that follows from that is done.</summary>
    internal Task GivingUp { get; set; } = Task.CompletedTask;

    /// <summary>When the lease ends that Redis last granted, by Redis' clock. What was asked for since proves nothing.</summary>
    internal DateTimeOffset HeldUntil => new(Interlocked.Read(ref _heldUntilTicks), TimeSpan.Zero);

    /// <summary>The handler's token.</summary>
    internal CancellationToken Token => _cancel.Token;

    internal StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>How long it is to the deadline. Counted from the start: setting this machine's clock ends no attempt.</summary>
    private TimeSpan Left => _allowed - _time.GetElapsedTime(_begun);

    /// <summary>Redis has granted the lease until a time.</summary>
    internal void Hold(DateTimeOffset until) => Interlocked.Exchange(ref _heldUntilTicks, until.UtcTicks);

    /// <summary>Has it run on the thread pool. The work item is the attempt itself, so that starting it allocates nothing.</summary>
    internal void Start(AttemptRunner runner)
    {
        _runner = runner;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = _runner!.RunAsync(this);

    /// <summary>Its handler is about to be called.</summary>
    /// <param name="context">What the handler sees.</param>
    /// <param name="runner">Who is to be told if the attempt is to end while its handler runs.</param>
    internal void Watch(AttemptContext context, AttemptRunner runner)
    {
        Context = context;
        PhaseSince = _time.GetTimestamp();
        // Exchanged, not written: whoever stops the attempt sees this, or the caller sees the reason.
        _runner = runner;
        Interlocked.Exchange(ref _isWatched, true);
    }

    /// <summary>
    /// Sets a timer for the deadline if it lies within <paramref name="span"/>. Most attempts end long before theirs, and are
    /// spared one: whoever looks at all attempts from time to time calls this with the time until it looks again.
    /// </summary>
    internal void WatchDeadline(TimeSpan span)
    {
        if (Reason == StopReason.None && Left <= span)
        {
            CheckDeadline();
        }
    }

    /// <summary>Ends the attempt for <paramref name="reason"/>, unless it has ended for another.</summary>
    internal bool TryStop(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None) != (int)StopReason.None)
        {
            return false;
        }

        if (reason != StopReason.Finished)
        {
            CancelAside.Cancel(_cancel);
            if (Volatile.Read(ref _isWatched))
            {
                _runner!.GiveUp(this);
            }
        }

        return true;
    }

    /// <summary>Whether the caller is the one to end the attempt: its handler has returned, or is given up on.</summary>
    internal bool TryEnd() => !Interlocked.Exchange(ref _ended, true);

    /// <summary>Notes what has been done, and returns what had been done before.</summary>
    internal AttemptPhases Note(AttemptPhases done) => (AttemptPhases)Interlocked.Or(ref _phases, (int)done);

    internal bool Has(AttemptPhases done) => ((AttemptPhases)Volatile.Read(ref _phases) & done) == done;

    /// <summary>What its handler used is about to be disposed of.</summary>
    internal void BeginCleanUp()
    {
        PhaseSince = _time.GetTimestamp();
        Note(AttemptPhases.CleaningUp);
    }

    /// <summary>To be called once the handler has returned: until then it may use its token.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_cancel)
        {
            _disposed = true;
        }

        // Not the token source: whoever stops the attempt at this moment may still have to cancel it.
        return _deadlineTimer?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private void CheckDeadline()
    {
        var left = Left;
        if (left <= TimeSpan.Zero)
        {
            TryStop(StopReason.Deadline);
            return;
        }

        // Rounded up: a timer that fires early by the part of a millisecond that it cannot count would come round again.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        lock (_cancel)
        {
            if (_disposed)
            {
                return;
            }

            _deadlineTimer ??= _time.CreateTimer(
                static state => ((ActiveTask)state!).CheckDeadline(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _deadlineTimer.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
        }
    }
}
