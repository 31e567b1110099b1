using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Scheduling;

/// <summary>Deals with the ticks of an entry that are due: enqueues them or drops them, as its misfire policy says.</summary>
internal sealed class EntryPass(
    AsynqSchedulerOptions options, TickEnqueuer enqueuer, FailureLog failures, ILogger logger)
{
    private const int MostDoublings = 10;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    /// <summary>Throws nothing: what fails is reported, and tried again by a later pass.</summary>
    internal async Task RunAsync(Broker broker, ScheduleEntry entry, CancellationToken cancellationToken)
    {
        DateTimeOffset? current = null;
        try
        {
            foreach (var tick in await FindAsync(broker, entry, cancellationToken).ConfigureAwait(false))
            {
                if (entry.IsRemoved)
                {
                    return;
                }

                current = tick;
                await enqueuer.EnqueueAsync(broker, entry, tick, cancellationToken).ConfigureAwait(false);
                entry.Handle(tick);
            }

            entry.Failures = 0;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var backoff = FirstBackoff * (1 << Math.Min(entry.Failures++, MostDoublings));
            entry.NotBefore = broker.Now + (backoff < LongestBackoff ? backoff : LongestBackoff);
            await ReportAsync(entry, current, exception, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The scheduler is stopping. A tick that was not enqueued is another scheduler's, or the next start's.
        }
    }

    private async Task<IReadOnlyList<DateTimeOffset>> FindAsync(
        Broker broker, ScheduleEntry entry, CancellationToken cancellationToken)
    {
        var now = broker.Now;
        if (entry.Handled is not { } handled)
        {
            handled = await broker.FindLastTickAsync(entry.Queue, entry.Identity, cancellationToken).ConfigureAwait(false)
                ?? entry.RegisteredAt;
            entry.Handle(handled);
        }

        var policy = entry.Task.Misfire ?? options.Misfire;
        var due = DueTicks.Find(entry.Timetable, handled, now, policy, options.MisfireThreshold);
        if (due.Dropped)
        {
            SchedulerLog.Missed(logger, entry.Task.Type, due.Newest!.Value, policy, due.Ticks.Count);

            // What is dropped is dealt with, also if enqueueing the rest fails.
            entry.Handle(due.Ticks.Count == 0 ? due.Newest.Value : due.Ticks[0].AddSeconds(-1));
        }

        return due.Ticks;
    }

    private async Task ReportAsync(
        ScheduleEntry entry, DateTimeOffset? tick, Exception exception, CancellationToken cancellationToken)
    {
        if (tick is not { } dueAt)
        {
            failures.LookFailed(exception);
            return;
        }

        try
        {
            await enqueuer.ReportAsync(new ScheduledTick(entry.Id, entry.Task, dueAt), exception, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The error handler, whatever it throws when it is cancelled.
        }
    }
}
