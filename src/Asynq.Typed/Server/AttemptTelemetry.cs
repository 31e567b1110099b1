using System.Diagnostics;
using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Tells listeners of attempts. One that throws is the application's trouble: neither the attempt nor the write of its end may
/// suffer from it.
/// </summary>
internal sealed class AttemptTelemetry(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(30);

    private readonly LogLimiter _limiter = new(time, LogInterval);

    /// <inheritdoc cref="AsynqTelemetry.StartProcess"/>
    internal Activity? StartProcess(TaskContext context)
    {
        try
        {
            return AsynqTelemetry.StartProcess(context);
        }
        catch (Exception exception)
        {
            Report(exception);
            return null;
        }
    }

    /// <summary>Says why the handler failed.</summary>
    internal void Fail(Activity? activity, Exception error)
    {
        try
        {
            AsynqTelemetry.Fail(activity, error);
        }
        catch (Exception exception)
        {
            Report(exception);
        }
    }

    /// <summary>Ends the activity of an attempt, and its log scope.</summary>
    internal void End(Activity? activity, IDisposable? logScope)
    {
        End(activity);
        End(logScope);
    }

    internal void CountStarted(TaskContext context, TimeSpan? pending)
    {
        try
        {
            AsynqTelemetry.CountStarted(context, pending);
        }
        catch (Exception exception)
        {
            Report(exception);
        }
    }

    internal void CountGivenBack(TaskContext context)
    {
        try
        {
            AsynqTelemetry.CountGivenBack(context);
        }
        catch (Exception exception)
        {
            Report(exception);
        }
    }

    internal void CountEnded(TaskContext context, TimeSpan took, Verdict verdict)
    {
        try
        {
            AsynqTelemetry.CountEnded(context, took, verdict.Failure, verdict.CountsAsFailure);
        }
        catch (Exception exception)
        {
            Report(exception);
        }
    }

    /// <summary>Counts what becomes of a task after its attempt.</summary>
    internal void CountEnding(TaskMessage message, Ending ending)
    {
        try
        {
            if (ending == Ending.Retry)
            {
                AsynqTelemetry.CountRetried(message.Queue, message.Type);
            }
            else if (ending == Ending.Defer)
            {
                AsynqTelemetry.CountDeferred(message.Queue, message.Type);
            }
            else if (ending == Ending.Archive)
            {
                AsynqTelemetry.CountArchived(message.Queue, message.Type);
            }
        }
        catch (Exception exception)
        {
            Report(exception);
        }
    }

    private void End(IDisposable? scope)
    {
        try
        {
            scope?.Dispose();
        }
        catch (Exception exception)
        {
            Report(exception);
        }
    }

    private void Report(Exception exception)
    {
        if (_limiter.TryPass(out var heldBack))
        {
            ServerLog.ListenerFailed(logger, heldBack, exception);
        }
    }
}
