using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Repeats a step until it is stopped, waiting in between for as long as the step says or until woken. Nothing that the step
/// throws gets out: it is counted, logged at a limited rate, and the loop goes on after a delay that grows with each failure
/// in a row.
/// </summary>
/// <param name="name">What the loop is called in the log.</param>
/// <param name="time">The clock of its delays.</param>
/// <param name="logger">Where failures are reported.</param>
/// <param name="longestBackoff">The longest delay after a failure, if it is below 10 s.</param>
/// <param name="step">One pass; it returns how long to wait until the next.</param>
#pragma warning disable CA1001 // A token source without a timer or a parent holds nothing that disposing it would free.
internal sealed class BackgroundLoop(
    string name,
    TimeProvider time,
    ILogger logger,
    TimeSpan longestBackoff,
    Func<CancellationToken, Task<TimeSpan>> step)
#pragma warning restore CA1001
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);

    // However seldom a loop looks: what failed may work again at any time, and then must not wait for hours.
    private static readonly TimeSpan MostBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(30);
    private const int MostDoublings = 16;

    private readonly CancellationTokenSource _stopping = new();
    private readonly WakeSignal _signal = new(time);
    private readonly LogLimiter _limiter = new(time, LogInterval);
    private Task _running = Task.CompletedTask;
    private int _failuresInARow;
    private bool _isReported;

    /// <summary>How many passes have failed since the loop was started.</summary>
    internal long Failures { get; private set; }

    internal void Start() => _running = Task.Run(RunAsync);

    /// <summary>Ends the current wait, or the next if there is none. A delay after a failure is not cut short.</summary>
    internal void Wake() => _signal.Set();

    /// <summary>Asks the loop to end after its current pass.</summary>
    internal void RequestStop() => _stopping.Cancel();

    /// <summary>Asks the loop to end, and waits until it has.</summary>
    internal async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var token = _stopping.Token;
        try
        {
            while (!token.IsCancellationRequested)
            {
                await PassAsync(token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
        }
    }

    private async Task PassAsync(CancellationToken token)
    {
        TimeSpan wait;
        try
        {
            wait = await step(token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!token.IsCancellationRequested)
        {
            await BackOffAsync(exception, token).ConfigureAwait(false);
            return;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Failures++;
            Report(exception);
            return;
        }

        if (_failuresInARow > 0)
        {
            ReportRecovery();
        }

        await _signal.WaitAsync(wait, token).ConfigureAwait(false);
    }

    private Task BackOffAsync(Exception exception, CancellationToken token)
    {
        Failures++;
        Report(exception);
        var doublings = Math.Min(_failuresInARow++, MostDoublings);
        var delay = FirstBackoff * (1 << doublings);
        var longest = longestBackoff < MostBackoff ? longestBackoff : MostBackoff;
        return Task.Delay(delay < longest ? delay : longest, time, token);
    }

    private void Report(Exception exception)
    {
        LoopFailures.Count(name);
        if (_limiter.TryPass(out var heldBack))
        {
            _isReported = true;
            ServerLog.LoopFailed(logger, name, heldBack, exception);
        }
    }

    /// <summary>What was not said to have failed is not said to work again: a loop may fail every other time.</summary>
    private void ReportRecovery()
    {
        if (_isReported)
        {
            ServerLog.LoopRecovered(logger, name, _failuresInARow);
        }

        _isReported = false;
        _failuresInARow = 0;
    }
}
