using System.Collections.Concurrent;
using Asynq.Typed.Client;
using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Turns an aggregation set into batches. What becomes of each task is written by a script that requires the set: a set that
/// was reclaimed meanwhile is lost, and nothing is enqueued for it.
/// </summary>
internal sealed class SetAggregation(
    Broker broker,
    IReadOnlyDictionary<string, GroupAggregator> aggregators,
    RawGroupAggregator? untyped,
    AggregatorCall aggregatorCall,
    GroupBackoff backoff,
    Action<EnqueuePlan> enqueued,
    TransformChain transforms,
    ILogger logger)
{
    /// <summary>How long before the set's deadline an aggregator is told to end, so that its batch is written in time.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, bool> _released = new(StringComparer.Ordinal);

    /// <summary>Aggregates a set. What could not be aggregated goes back to the group.</summary>
    /// <returns>Whether nothing had to go back.</returns>
    internal async Task<bool> RunAsync(string queue, string group, string setId, CancellationToken stopping)
    {
        // Not with the token: the set is made, and waits for its deadline unless it is dealt with here.
        var set = await broker.ReadAggregationSetAsync(queue, group, setId, CancellationToken.None).ConfigureAwait(false);
        if (set is null)
        {
            ServerLog.SetLost(logger, group, queue);
            return false;
        }

        foreach (var id in set.Quarantined)
        {
            ServerLog.Quarantined(logger, id, queue);
        }

        var split = GroupSplit.Of(set.Tasks, aggregators, untyped, transforms);
        await ArchiveAsync(queue, group, setId, split.Unreadable).ConfigureAwait(false);
        await ReleaseAsync(queue, group, setId, split.Unaggregated).ConfigureAwait(false);
        var complete = true;
        foreach (var part in split.Parts)
        {
            complete &= await TryAggregateAsync(queue, group, setId, part, set.Deadline, stopping).ConfigureAwait(false);
        }

        if (complete)
        {
            backoff.Succeeded(queue, group);
            return true;
        }

        await GiveBackAsync(queue, group, setId, stopping).ConfigureAwait(false);
        return false;
    }

    private async Task ArchiveAsync(
        string queue, string group, string setId, IReadOnlyList<(TaskMessage Task, Exception Reason)> unreadable)
    {
        foreach (var (task, reason) in unreadable)
        {
            ServerLog.MemberUnreadable(logger, task.Id, task.Type, group, queue, reason);
        }

        if (unreadable.Count > 0)
        {
            await broker
                .ArchiveMembersAsync(
                    queue, group, setId, [.. unreadable.Select(member => (member.Task, member.Reason.Message))], CancellationToken.None)
                .ConfigureAwait(false);
        }
    }

    private async Task ReleaseAsync(string queue, string group, string setId, IReadOnlyList<TaskMessage> tasks)
    {
        foreach (var type in tasks.Select(task => task.Type).Distinct())
        {
            if (_released.TryAdd(type, true))
            {
                ServerLog.NoAggregator(logger, type, group, queue);
            }
        }

        if (tasks.Count > 0)
        {
            await broker
                .ReleaseMembersAsync(queue, group, setId, [.. tasks.Select(task => task.Id)], CancellationToken.None)
                .ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAggregateAsync(
        string queue, string group, string setId, GroupPart part, DateTimeOffset deadline, CancellationToken stopping)
    {
        try
        {
            var batch = await aggregatorCall
                .RunAsync(new GroupContext(group, queue, part.Ids), part, deadline - broker.Now - Margin, stopping)
                .ConfigureAwait(false);
            if (batch is null)
            {
                ServerLog.NoBatch(logger, part.Types, part.Tasks.Count, group, queue);
                return false;
            }

            return await WriteAsync(queue, group, setId, part, Plan(queue, batch)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception)
        {
            ServerLog.AggregationFailed(logger, part.Types, part.Tasks.Count, group, queue, exception);
            return false;
        }
    }

    private EnqueuePlan Plan(string queue, AggregatedBatch batch)
    {
        var options = batch.Options ?? new EnqueueOptions();
        return options.Group is null
            ? EnqueuePlan.For(batch.Body, options with { Queue = queue }, transforms, broker.Now)
            : throw new ArgumentException(
                $"{nameof(EnqueueOptions)}.{nameof(options.Group)} is '{options.Group}': a batch cannot go to a group, leave it out.");
    }

    private async Task<bool> WriteAsync(string queue, string group, string setId, GroupPart part, EnqueuePlan plan)
    {
        var message = plan.Message;
        var activity = AsynqTelemetry.StartSend(queue, message.Type, message.Id);
        try
        {
            AsynqTelemetry.Inject(message.Headers);
            var outcome = await broker
                .AggregateAsync(queue, group, setId, ItemOf(plan), part.Ids, CancellationToken.None)
                .ConfigureAwait(false);
            Report(queue, group, part, plan, outcome);
            AsynqTelemetry.EndSend(activity);
            return outcome == AggregateOutcome.Aggregated;
        }
        catch (Exception exception)
        {
            AsynqTelemetry.EndSend(activity, exception);
            throw;
        }
    }

    private EnqueueItem ItemOf(EnqueuePlan plan)
    {
        var isScheduled = plan.State == TaskState.Scheduled;
        var item = isScheduled
            ? EnqueueItem.Scheduled(plan.Message, plan.ProcessAt)
            : EnqueueItem.Pending(plan.Message);
        var untilDue = isScheduled && plan.ProcessAt > broker.Now ? plan.ProcessAt - broker.Now : TimeSpan.Zero;
        return plan.UniqueFor > TimeSpan.Zero ? item with { LockTtl = plan.UniqueFor + untilDue } : item;
    }

    private void Report(string queue, string group, GroupPart part, EnqueuePlan plan, AggregateOutcome outcome)
    {
        var message = plan.Message;
        switch (outcome)
        {
            case AggregateOutcome.Aggregated:
                AsynqTelemetry.CountSent(queue, message.Type);
                ServerLog.Aggregated(logger, part.Tasks.Count, part.Types, group, queue, message.Id, message.Type);
                enqueued(plan);
                break;
            case AggregateOutcome.Lost:
                ServerLog.SetLost(logger, group, queue);
                break;
            default:
                ServerLog.BatchRefused(logger, message.Id, message.Type, group, queue, outcome, part.Tasks.Count);
                break;
        }
    }

    private Task<bool> GiveBackAsync(string queue, string group, string setId, CancellationToken stopping)
    {
        // A server that shuts down says nothing against the tasks: another may take them at once.
        var delay = stopping.IsCancellationRequested ? TimeSpan.Zero : backoff.AfterFailure(queue, group);
        return broker.GiveBackAggregationSetAsync(queue, group, setId, delay, CancellationToken.None);
    }
}
