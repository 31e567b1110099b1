using Asynq.Typed.Client;
using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Scheduling;

/// <summary>Enqueues the ticks of entries, each once among all schedulers, and calls the hooks.</summary>
internal sealed class TickEnqueuer(
    AsynqSchedulerOptions options, TransformChain transforms, FailureLog failures, ILogger logger)
{
    private static readonly TimeSpan HistoryKept = TimeSpan.FromDays(7);

    /// <summary>Enqueues one tick, unless another scheduler has. A refusal is reported and is not tried again.</summary>
    internal async Task EnqueueAsync(
        Broker broker, ScheduleEntry entry, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        var tick = new ScheduledTick(entry.Id, entry.Task, dueAt);
        await CallAsync(tick, options.BeforeEnqueue, cancellationToken).ConfigureAwait(false);

        var plan = Plan(entry.Task, dueAt, broker.Now);
        var mark = Keys.Of(entry.Queue).Tick(entry.Identity, dueAt.ToUnixTimeSeconds());
        var outcome = await TracedEnqueue.SendAsync(broker, plan, mark, cancellationToken).ConfigureAwait(false);
        var message = plan.Message;
        switch (outcome)
        {
            case EnqueueOutcome.Enqueued:
                entry.RecordTick(dueAt);
                SchedulerLog.Enqueued(logger, message.Type, message.Id, message.Queue, dueAt);
                await RecordAsync(broker, entry, dueAt, message.Id, cancellationToken).ConfigureAwait(false);
                var info = plan.ToInfo();
                await CallAsync(tick, (t, ct) => options.AfterEnqueue?.Invoke(t, info, ct) ?? default, cancellationToken)
                    .ConfigureAwait(false);
                break;
            case EnqueueOutcome.TickTaken:
                entry.RecordTick(dueAt);
                break;
            case EnqueueOutcome.Duplicate:
                await ReportAsync(tick, new DuplicateTaskException(message.Queue, message.Type), cancellationToken)
                    .ConfigureAwait(false);
                break;
            default:
                await ReportAsync(tick, new TaskIdConflictException(message.Queue, message.Id), cancellationToken)
                    .ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Logs why a tick was not enqueued, or what a hook threw, and tells the error handler.</summary>
    internal async Task ReportAsync(ScheduledTick tick, Exception exception, CancellationToken cancellationToken)
    {
        failures.TickFailed(tick, exception);
        if (options.OnError is not { } onError)
        {
            return;
        }

        try
        {
            await onError(tick, exception, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            SchedulerLog.ErrorHandlerFailed(logger, tick.Task.Type, fault);
        }
    }

    private EnqueuePlan Plan(PeriodicTask task, DateTimeOffset dueAt, DateTimeOffset now)
    {
        var headers = new Dictionary<string, string>(task.Options.Headers ?? new Dictionary<string, string>())
        {
            [ScheduledTime.Header] = ScheduledTime.Write(dueAt),
        };
        return EnqueuePlan.For(task.Body, task.Options with { Headers = headers }, transforms, now);
    }

    /// <summary>The task is enqueued by now: that its record fails must not enqueue it again.</summary>
    private async Task RecordAsync(
        Broker broker, ScheduleEntry entry, DateTimeOffset dueAt, string taskId, CancellationToken cancellationToken)
    {
        var record = new SchedulerEnqueueEvent
        {
            TaskId = taskId,
            EnqueueTime = Timestamp.FromDateTimeOffset(broker.Now),
        };
        try
        {
            await broker.RecordSchedulerEnqueueEventAsync(entry.Id, record, cancellationToken).ConfigureAwait(false);

            // So that what a killed scheduler leaves goes by itself, and what a live one has stays through ticks that others enqueue.
            var untilNext = (entry.Timetable.Next(dueAt) ?? dueAt) - dueAt;
            await broker.ExpireSchedulerHistoryAsync(entry.Id, HistoryKept + (untilNext * 2), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            SchedulerLog.RecordFailed(logger, taskId, exception);
        }
    }

    private async Task CallAsync(
        ScheduledTick tick, Func<ScheduledTick, CancellationToken, ValueTask>? hook, CancellationToken cancellationToken)
    {
        if (hook is null)
        {
            return;
        }

        try
        {
            await hook(tick, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await ReportAsync(tick, exception, cancellationToken).ConfigureAwait(false);
        }
    }
}
