namespace Asynq.Typed;

/// <summary>
/// Lets one loop wait for a time or to be woken before it, whichever comes first. A wake that comes while the loop is busy
/// is kept for its next wait; several count once.
/// </summary>
internal sealed class WakeSignal(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiter;
    private bool _set;

    internal void Set()
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
            _set |= waiter is null;
        }

        waiter?.TrySetResult();
    }

    /// <param name="atMost">How long; without end for <see cref="Timeout.InfiniteTimeSpan"/>, not at all for zero or less.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_set || (atMost <= TimeSpan.Zero && atMost != Timeout.InfiniteTimeSpan))
            {
                _set = false;
                return;
            }

            _waiter = waiter;
        }

        await using var timer = time.CreateTimer(
            static state => ((TaskCompletionSource)state!).TrySetResult(), waiter, atMost, Timeout.InfiniteTimeSpan)
            .ConfigureAwait(false);
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter).ConfigureAwait(false);
        try
        {
            await waiter.Task.ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                if (_waiter == waiter)
                {
                    _waiter = null;
                }
            }
        }
    }
}
