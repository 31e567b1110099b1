using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Scheduling;

/// <summary>Tells background work to end. Telling throws nothing, whatever those that are told may throw.</summary>
#pragma warning disable CA1001 // A token source without a timer or a parent holds nothing that disposing it would free.
internal sealed class StopSignal(ILogger logger)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _source = new();

    internal CancellationToken Token => _source.Token;

    internal async Task SetAsync()
    {
        try
        {
            await _source.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            // Hooks and providers may have callbacks registered with the token.
            SchedulerLog.CancellationFailed(logger, exception);
        }
    }

    /// <summary>Waits until what has been told to end has ended, well or not.</summary>
    /// <param name="work">What ends. Its exceptions are of no account.</param>
    /// <param name="what">What it is called in the log.</param>
    /// <param name="cancellationToken">Ends the wait, which is logged.</param>
    internal async Task WhenEndedAsync(Task work, string what, CancellationToken cancellationToken)
    {
        await work.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!work.IsCompleted)
        {
            SchedulerLog.StillRuns(logger, what);
        }
    }
}
