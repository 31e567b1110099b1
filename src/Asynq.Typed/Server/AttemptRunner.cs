using System.Diagnostics;
using Asynq.Typed.Redis;
using Asynq.Typed.Routing;
using Asynq.Typed.Rules;
using Asynq.Typed.Transforms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>Runs attempts: calls the handler in a scope of its own, watches over its end, and has Redis told of it.</summary>
internal sealed class AttemptRunner(
    Broker broker,
    TaskRouter router,
    IServiceScopeFactory scopes,
    ServerSettings settings,
    FailurePolicy policy,
    Finisher finisher,
    ActiveTasks active,
    Slots slots,
    TransformChain transforms,
    AttemptTelemetry telemetry,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>
    /// How long a handler whose token is cancelled may take to return before its slot is given to another task.
    /// </summary>
    internal static readonly TimeSpan UnwindTime = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ErrorHandlerTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DropTime = TimeSpan.FromSeconds(1);

    /// <summary>Takes charge of a fetched task: from now on its lease is extended, and it takes a slot.</summary>
    internal ActiveTask Begin(LeasedTask task)
    {
        slots.Take();
        var now = time.GetUtcNow();
        var attempt = new ActiveTask(task, time, now, DeadlineOf(task.Message, now));
        active.Add(attempt);
        return attempt;
    }

    /// <summary>Puts tasks that were fetched, but are not to be started, back at the head of their queue, in their order.</summary>
    internal void GiveBack(IReadOnlyList<LeasedTask> tasks)
    {
        for (var index = tasks.Count - 1; index >= 0; index--)
        {
            var attempt = Begin(tasks[index]);
            attempt.TryStop(StopReason.Shutdown);
            finisher.Finish(attempt, Verdict.Requeue);
            finisher.Note(attempt, AttemptPhases.CleanedUp);
        }
    }

    /// <summary>Runs an attempt on this thread, which its handler may block: what watches over it needs no thread.</summary>
    internal async Task RunAsync(ActiveTask attempt)
    {
        try
        {
            if (attempt.HeldUntil <= broker.Now)
            {
                attempt.TryStop(StopReason.LeaseLost);
            }

            if (attempt.Reason == StopReason.LeaseLost)
            {
                await AbandonAsync(attempt).ConfigureAwait(false);
                return;
            }

            await RunInScopeAsync(attempt).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _ = DropAsync(attempt, exception);
        }
    }

    /// <summary>An attempt is to end while its handler runs: its slot goes to another if the handler does not return soon.</summary>
    internal void GiveUp(ActiveTask attempt)
    {
        var givingUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        attempt.GivingUp = givingUp.Task;
        _ = GiveUpAsync(attempt, givingUp);
    }

    /// <summary>
    /// Gives the slots of attempts to others whose clean-up does not end: that of a service may block its thread, so whoever looks
    /// at all attempts from time to time calls this.
    /// </summary>
    internal void LeaveCleanUps()
    {
        foreach (var attempt in active.CleaningUp)
        {
            if (time.GetElapsedTime(attempt.PhaseSince) >= UnwindTime)
            {
                ServerLog.ScopeSlow(logger, attempt.Message.Id, attempt.Message.Type, UnwindTime);
                finisher.Note(attempt, AttemptPhases.CleanedUp);
            }
        }
    }

    private async Task RunInScopeAsync(ActiveTask attempt)
    {
        var scope = scopes.CreateAsyncScope();
        var context = new AttemptContext(attempt, broker, transforms, scope.ServiceProvider);
        attempt.Watch(context, this);
        telemetry.CountStarted(context, broker.Now - attempt.Leased.PendingSince);
        attempt.WatchDeadline(settings.DeadlineSpan);
        var thrown = attempt.Reason == StopReason.None ? await HandleAsync(attempt, context).ConfigureAwait(false) : null;
        if (!attempt.TryEnd())
        {
            await CleanUpGivenUpAsync(attempt, scope).ConfigureAwait(false);
            return;
        }

        await EndAsync(attempt, context, thrown).ConfigureAwait(false);
        attempt.BeginCleanUp();
        var cleanup = CleanUpAsync(attempt, scope);
        if (!cleanup.IsCompletedSuccessfully)
        {
            await cleanup.AsTask().EndsWithinAsync(UnwindTime, time).ConfigureAwait(false);
        }

        finisher.Note(attempt, AttemptPhases.CleanedUp);
    }

    /// <summary>
    /// Ends an attempt that never began: somebody else may run the task by now. Nobody is told but the log, as no handler was
    /// called and nothing was counted.
    /// </summary>
    private async ValueTask AbandonAsync(ActiveTask attempt)
    {
        active.Remove(attempt);
        ServerLog.LeaseOverAtStart(logger, attempt.Message.Id, attempt.Message.Type, attempt.Message.Queue);
        finisher.Note(attempt, AttemptPhases.Freed | AttemptPhases.Settled);
        await attempt.DisposeAsync().ConfigureAwait(false);
    }

    private async Task GiveUpAsync(ActiveTask attempt, TaskCompletionSource givingUp)
    {
        try
        {
            await Task.Delay(UnwindTime, time).ConfigureAwait(false);
            if (attempt.TryEnd())
            {
                ServerLog.HandlerIgnoresToken(
                    logger, attempt.Message.Id, attempt.Message.Type, attempt.Message.Queue, attempt.Reason, UnwindTime);
                await EndAsync(attempt, attempt.Context!, thrown: null).ConfigureAwait(false);
                finisher.Note(attempt, AttemptPhases.CleanedUp);
            }
        }
        catch (Exception exception)
        {
            _ = DropAsync(attempt, exception);
        }
        finally
        {
            givingUp.SetResult();
        }
    }

    /// <summary>
    /// What handlers do is reported; this is a fault of the runner's own, such as services that are disposed of already. The task
    /// goes back to its queue. Its slot is kept for a moment, or what always fails would be fetched again without a pause.
    /// </summary>
    private async Task DropAsync(ActiveTask attempt, Exception exception)
    {
        ServerLog.RunnerFailed(logger, attempt.Message.Id, attempt.Message.Type, exception);
        attempt.TryStop(StopReason.Finished);
        attempt.TryEnd();
        if (!attempt.Has(AttemptPhases.HandedOver))
        {
            if (attempt.Context is { } context)
            {
                telemetry.CountGivenBack(context);
            }

            finisher.Finish(attempt, attempt.Reason == StopReason.LeaseLost ? Verdict.Abandoned : Verdict.Requeue);
            await Task.Delay(DropTime, time).ConfigureAwait(false);
        }

        finisher.Note(attempt, AttemptPhases.CleanedUp);
    }

    /// <summary>Decides how an attempt ends, and has Redis told.</summary>
    private async ValueTask EndAsync(ActiveTask attempt, AttemptContext context, Exception? thrown)
    {
        var verdict = await policy.DecideAsync(attempt, thrown).ConfigureAwait(false);
        CountEnded(context, time.GetElapsedTime(attempt.PhaseSince), verdict);
        if (verdict.Error is not null)
        {
            await ReportAsync(attempt, context, verdict).ConfigureAwait(false);
        }

        finisher.Finish(attempt, verdict);
    }

    /// <summary>Calls the handler. Returns what it threw.</summary>
    private async ValueTask<Exception?> HandleAsync(ActiveTask attempt, AttemptContext context)
    {
        var logScope = logger.BeginScope(new TaskLogScope(attempt));
        var activity = telemetry.StartProcess(context);
        var thrown = await CallAsync(attempt, context, activity).ConfigureAwait(false);
        attempt.TryStop(StopReason.Finished);
        telemetry.End(activity, logScope);
        return thrown;
    }

    private async ValueTask<Exception?> CallAsync(ActiveTask attempt, AttemptContext context, Activity? activity)
    {
        try
        {
            if (settings.Options.BaseContext is { } prepare)
            {
                await prepare(context, attempt.Token).ConfigureAwait(false);
            }

            await router.DispatchAsync(context, attempt.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (FailurePolicy.Find<DeferTaskException>(exception) is not null)
        {
            return exception;
        }
        catch (Exception exception)
        {
            telemetry.Fail(activity, exception);
            return exception;
        }
    }

    private void CountEnded(TaskContext context, TimeSpan took, Verdict verdict)
    {
        if (verdict.Ending == Ending.Requeue)
        {
            telemetry.CountGivenBack(context);
        }
        else
        {
            telemetry.CountEnded(context, took, verdict);
        }
    }

    private async Task ReportAsync(ActiveTask attempt, AttemptContext context, Verdict verdict)
    {
        if (verdict.Ending == Ending.Defer)
        {
            ServerLog.Deferred(
                logger, context.TaskId, context.Type, context.Queue, verdict.Delay, verdict.Error?.Message ?? "");
        }

        if (verdict.Failure is not { } error)
        {
            return;
        }

        ServerLog.AttemptFailed(
            logger, context.TaskId, context.Type, context.Queue, context.RetryCount, context.MaxRetry, verdict.Ending, error);
        if (settings.Options.ErrorHandler is not { } errorHandler)
        {
            return;
        }

        try
        {
            // On a thread of its own: one that blocks would hold the slot, and the shutdown, for ever.
            var failure = new TaskFailure(context, error, IsUnexpected(attempt, error));
            var handling = Task.Run(() => errorHandler(failure));
            if (await handling.EndsWithinAsync(ErrorHandlerTime, time).ConfigureAwait(false))
            {
                await handling.ConfigureAwait(false);
            }
            else
            {
                ServerLog.ErrorHandlerSlow(logger, context.TaskId, context.Type, ErrorHandlerTime);
            }
        }
        catch (Exception exception)
        {
            ServerLog.ErrorHandlerFailed(logger, context.TaskId, context.Type, exception);
        }
    }

    private static bool IsUnexpected(ActiveTask attempt, Exception error) =>
        attempt.Reason == StopReason.Finished
        && error is not (UnknownTaskTypeException or UnreadableTaskException)
        && FailurePolicy.Find<TaskFailedException>(error) is null
        && FailurePolicy.Find<SkipRetryException>(error) is null
        && FailurePolicy.Find<RevokeTaskException>(error) is null;

    /// <summary>As below, where its handler returned late: what it was given up with, the error handler among it, may still run.</summary>
    private async ValueTask CleanUpGivenUpAsync(ActiveTask attempt, AsyncServiceScope scope)
    {
        await attempt.GivingUp.ConfigureAwait(false);
        await CleanUpAsync(attempt, scope).ConfigureAwait(false);
    }

    /// <summary>Ends what the handler could use as long as it ran.</summary>
    private async ValueTask CleanUpAsync(ActiveTask attempt, AsyncServiceScope scope)
    {
        try
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ServerLog.ScopeFailed(logger, attempt.Message.Id, attempt.Message.Type, exception);
        }

        await attempt.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// The earlier of now + timeout and deadline, by this machine's clock. The deadline on the wire is a time by Redis' clock.
    /// </summary>
    private DateTimeOffset DeadlineOf(TaskMessage message, DateTimeOffset now)
    {
        var timeout = message switch
        {
            { Timeout: > 0 } => TimeSpan.FromSeconds(Math.Min(message.Timeout, LongestTimeoutSeconds)),
            { Deadline: > 0 } => TimeSpan.MaxValue,
            _ => TimeSpan.FromSeconds(TaskLimits.DefaultTimeoutSeconds),
        };
        var untilDeadline = message.Deadline is > 0 and < LatestUnixSeconds
            ? DateTimeOffset.FromUnixTimeSeconds(message.Deadline) - broker.Now
            : TimeSpan.MaxValue;
        var left = timeout < untilDeadline ? timeout : untilDeadline;
        return left < DateTimeOffset.MaxValue - now ? now + left : DateTimeOffset.MaxValue;
    }

    // What the wire can say and the calendar cannot.
    private const long LongestTimeoutSeconds = 100L * 366 * 24 * 60 * 60;
    private const long LatestUnixSeconds = 253_402_300_799;
}
