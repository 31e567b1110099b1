using System.Diagnostics;
using Asynq.Typed.Redis;
using Asynq.Typed.Routing;
using Asynq.Typed.Rules;
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
    TimeProvider time,
    ILogger logger)
{
    /// <summary>
    /// How long a handler whose token is cancelled may take to return before its slot is given to another task.
    /// </summary>
    internal static readonly TimeSpan UnwindTime = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ErrorHandlerTime = TimeSpan.FromSeconds(5);

    /// <summary>Takes charge of a fetched task: from now on its lease is extended.</summary>
    internal ActiveTask Begin(LeasedTask task)
    {
        var now = time.GetUtcNow();
        var attempt = new ActiveTask(task, time, now, DeadlineOf(task.Message, now));
        active.Add(attempt);
        return attempt;
    }

    /// <summary>Puts a task that was fetched, but is not to be started, back at the head of its queue.</summary>
    internal async Task GiveBackAsync(LeasedTask task)
    {
        await using var attempt = Begin(task);
        attempt.TryStop(StopReason.Shutdown);
        await finisher.FinishAsync(attempt, Verdict.Requeue).ConfigureAwait(false);
    }

    /// <summary>Runs an attempt. Returns when its slot is free for another.</summary>
    internal async Task RunAsync(ActiveTask attempt)
    {
        var scope = scopes.CreateAsyncScope();
        var context = new AttemptContext(attempt, broker, scope.ServiceProvider);
        var started = time.GetTimestamp();
        AsynqTelemetry.CountStarted(context, broker.Now - attempt.Leased.PendingSince);
        attempt.WatchDeadline();

        // A thread of its own: a handler that blocks must not block what watches over it.
        var handler = attempt.Reason == StopReason.None
            ? Task.Run(() => HandleAsync(attempt, context))
            : Task.FromResult<Exception?>(null);
        await Task.WhenAny(handler, attempt.Stopped).ConfigureAwait(false);
        var returned = await handler.EndsWithinAsync(UnwindTime, time).ConfigureAwait(false);
        if (!returned)
        {
            ServerLog.HandlerIgnoresToken(
                logger, attempt.Message.Id, attempt.Message.Type, attempt.Message.Queue, attempt.Reason, UnwindTime);
        }

        var thrown = returned ? await handler.ConfigureAwait(false) : null;
        var verdict = await policy.DecideAsync(attempt, thrown).ConfigureAwait(false);
        CountEnded(context, time.GetElapsedTime(started), verdict);
        await ReportAsync(attempt, context, verdict).ConfigureAwait(false);
        await finisher.FinishAsync(attempt, verdict).ConfigureAwait(false);

        var cleanup = CleanUpAsync(attempt, handler, scope);
        if (returned)
        {
            await cleanup.EndsWithinAsync(UnwindTime, time).ConfigureAwait(false);
        }
    }

    /// <summary>Calls the handler. Returns what it threw.</summary>
    private async Task<Exception?> HandleAsync(ActiveTask attempt, AttemptContext context)
    {
        try
        {
            using var logScope = logger.BeginScope(new TaskLogScope(attempt.Message));
            using var activity = AsynqTelemetry.StartProcess(context);
            return await CallAsync(attempt, context, activity).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            return exception;
        }
        finally
        {
            attempt.TryStop(StopReason.Finished);
        }
    }

    private async Task<Exception?> CallAsync(ActiveTask attempt, AttemptContext context, Activity? activity)
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
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message).AddException(exception);
            return exception;
        }
    }

    private static void CountEnded(TaskContext context, TimeSpan took, Verdict verdict)
    {
        if (verdict.Ending == Ending.Requeue)
        {
            AsynqTelemetry.CountGivenBack(context);
        }
        else
        {
            AsynqTelemetry.CountEnded(context, took, verdict.Error);
        }
    }

    private async Task ReportAsync(ActiveTask attempt, AttemptContext context, Verdict verdict)
    {
        if (verdict.Error is not { } error)
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
        attempt.Reason == StopReason.Finished && error is not (TaskFailedException or SkipRetryException
            or RevokeTaskException or UnknownTaskTypeException or UnreadableTaskException);

    /// <summary>Ends what the handler may use as long as it runs.</summary>
    private async Task CleanUpAsync(ActiveTask attempt, Task handler, AsyncServiceScope scope)
    {
        await handler.ConfigureAwait(false);
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
