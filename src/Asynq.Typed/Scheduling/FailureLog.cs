using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Scheduling;

/// <summary>
/// Logs what fails again and again in an outage: at most two lines a minute of each kind, the first at once, with the number of
/// those that were held back.
/// </summary>
internal sealed class FailureLog(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly LogLimiter _passes = new(time, Interval);
    private readonly LogLimiter _beats = new(time, Interval);
    private readonly LogLimiter _looks = new(time, Interval);
    private readonly LogLimiter _ticks = new(time, Interval);

    /// <summary>Redis could not be connected to.</summary>
    internal void PassFailed(Exception exception) => Report(_passes, "pass", exception);

    /// <summary>The sign of life did not get through.</summary>
    internal void BeatFailed(Exception exception) => Report(_beats, "heartbeat", exception);

    /// <summary>It could not be found out which ticks an entry has missed.</summary>
    internal void LookFailed(Exception exception) => Report(_looks, "look for missed ticks", exception);

    /// <summary>A tick was not enqueued, or a hook threw. What is not Redis' fault concerns just this entry, and is told each time.</summary>
    internal void TickFailed(ScheduledTick tick, Exception exception)
    {
        if (!RedisFault.IsPassing(exception))
        {
            SchedulerLog.TickFailed(logger, tick.Task.Type, tick.DueAt, exception);
        }
        else if (_ticks.TryPass(out var heldBack))
        {
            SchedulerLog.TickWaits(logger, tick.Task.Type, tick.DueAt, heldBack, exception);
        }
    }

    private void Report(LogLimiter limiter, string part, Exception exception)
    {
        if (limiter.TryPass(out var heldBack))
        {
            SchedulerLog.PassFailed(logger, part, heldBack, exception);
        }
    }
}
