using System.Runtime.CompilerServices;
using Asynq.Typed.Inspection;

namespace Asynq.Typed;

public sealed partial class AsynqInspector
{
    /// <summary>The entries of all live schedulers, Go's and this project's.</summary>
    public async Task<IReadOnlyList<SchedulerEntryReport>> ListSchedulerEntriesAsync(
        CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(cancellationToken).ConfigureAwait(false);
        var entries = await broker.ListSchedulerEntriesAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. entries.Select(entry => new SchedulerEntryReport
            {
                Id = entry.Id,
                Schedule = entry.Spec,
                TaskType = entry.TaskType,
                TaskPayload = entry.TaskPayload.Memory,
                Options = [.. entry.EnqueueOptions],
                NextEnqueueAt = WireTime.Of(entry.NextEnqueueTime),
                PreviousEnqueueAt = WireTime.Of(entry.PrevEnqueueTime),
            }),
        ];
    }

    /// <summary>
    /// One page of what a scheduler's entry enqueued, the newest first. The newest 1,000 are kept, while the scheduler runs; an
    /// unknown entry has none. A scheduler of this library that was killed leaves them for a week and two ticks, one of Go's for good.
    /// </summary>
    /// <param name="entryId">The entry: <see cref="SchedulerEntryReport.Id"/>.</param>
    /// <param name="page">The page, from 1.</param>
    /// <param name="pageSize">Events of a page, at least 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<SchedulerEventReport>> ListSchedulerEventsAsync(
        string entryId,
        int page = 1,
        int pageSize = DefaultPageSize,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(entryId);
        RequirePage(page, pageSize);
        var broker = await BrokerAsync(cancellationToken).ConfigureAwait(false);
        var events = await broker.ListSchedulerEnqueueEventsAsync(entryId, page - 1, pageSize, cancellationToken)
            .ConfigureAwait(false);
        return [.. events.Select(enqueued => new SchedulerEventReport(enqueued.TaskId, WireTime.Of(enqueued.EnqueueTime)))];
    }

    /// <summary>
    /// All that is kept of what a scheduler's entry enqueued, the newest first, read a page at a time. What it enqueues
    /// meanwhile is not listed.
    /// </summary>
    /// <param name="entryId">The entry: <see cref="SchedulerEntryReport.Id"/>.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<SchedulerEventReport> ListAllSchedulerEventsAsync(
        string entryId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // An event that comes meanwhile pushes those behind it onto the next page, where they are met again.
        var seen = new HashSet<SchedulerEventReport>();
        IReadOnlyList<SchedulerEventReport> events;
        var page = 1;
        do
        {
            events = await ListSchedulerEventsAsync(entryId, page++, WalkSize, cancellationToken).ConfigureAwait(false);
            foreach (var enqueued in events.Where(seen.Add))
            {
                yield return enqueued;
            }
        }
        while (events.Count > 0);
    }
}
