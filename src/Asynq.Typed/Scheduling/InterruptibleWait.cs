namespace Asynq.Typed.Scheduling;

/// <summary>
/// A wait that can be ended from elsewhere. An interruption that comes while nobody waits ends the next wait.
/// </summary>
internal sealed class InterruptibleWait(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Interrupt()
    {
        lock (_lock)
        {
            _interrupted.TrySetResult();
        }
    }

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        Task interrupted;
        lock (_lock)
        {
            interrupted = _interrupted.Task;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero, time, ended.Token);
        await Task.WhenAny(interrupted, delay).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        lock (_lock)
        {
            if (_interrupted.Task.IsCompleted)
            {
                _interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
