using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>One attempt at a task that this server holds, from fetch until Redis knows how it ended.</summary>
internal sealed class ActiveTask : IAsyncDisposable
{
    // The longest time that a timer takes.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly ITimer _deadlineTimer;
    private Task _cancelling = Task.CompletedTask;
    private long _heldUntilTicks;
    private int _reason;

    /// <param name="leased">The task.</param>
    /// <param name="time">The clock.</param>
    /// <param name="startedAt">When the attempt began.</param>
    /// <param name="deadline">When it is to end, by this machine's clock.</param>
    internal ActiveTask(LeasedTask leased, TimeProvider time, DateTimeOffset startedAt, DateTimeOffset deadline)
    {
        Leased = leased;
        _heldUntilTicks = leased.LeaseExpiry.UtcTicks;
        StartedAt = startedAt;
        Deadline = deadline;
        _time = time;
        _deadlineTimer = time.CreateTimer(
            static state => ((ActiveTask)state!).CheckDeadline(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal LeasedTask Leased { get; }

    internal TaskMessage Message => Leased.Message;

    internal DateTimeOffset StartedAt { get; }

    internal DateTimeOffset Deadline { get; }

    /// <summary>When the lease ends that Redis last granted, by Redis' clock. What was asked for since proves nothing.</summary>
    internal DateTimeOffset HeldUntil => new(Interlocked.Read(ref _heldUntilTicks), TimeSpan.Zero);

    /// <summary>The handler's token.</summary>
    internal CancellationToken Token => _cancel.Token;

    internal StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>Completes when there is a reason to end.</summary>
    internal Task Stopped => _stopped.Task;

    /// <summary>Whether the deadline has passed by now.</summary>
    internal bool IsDeadlinePast => _time.GetUtcNow() >= Deadline;

    /// <summary>Redis has granted the lease until a time.</summary>
    internal void Hold(DateTimeOffset until) => Interlocked.Exchange(ref _heldUntilTicks, until.UtcTicks);

    /// <summary>Starts to watch the deadline.</summary>
    internal void WatchDeadline() => CheckDeadline();

    /// <summary>Ends the attempt for <paramref name="reason"/>, unless it has ended for another.</summary>
    internal bool TryStop(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None) != (int)StopReason.None)
        {
            return false;
        }

        if (reason != StopReason.Finished)
        {
            // Callbacks are the handler's code: they may block or throw, and must not do so in the loop that stops it.
            _cancelling = _cancel.CancelAsync();
        }

        _stopped.TrySetResult();
        return true;
    }

    /// <summary>To be called once the handler has returned: until then it may use its token.</summary>
    public async ValueTask DisposeAsync()
    {
        await _deadlineTimer.DisposeAsync().ConfigureAwait(false);
        await _cancelling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _cancel.Dispose();
    }

    private void CheckDeadline()
    {
        var left = Deadline - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            TryStop(StopReason.Deadline);
            return;
        }

        // Rounded up: a timer that fires early by the part of a millisecond that it cannot count would come round again.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        _deadlineTimer.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}
