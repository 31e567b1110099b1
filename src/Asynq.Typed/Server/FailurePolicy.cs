using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>Decides how an attempt ends: the table of outcomes, in the order of the protocol.</summary>
internal sealed class FailurePolicy(
    ServerSettings settings, RetryDelay retryDelay, Neighbours neighbours, TimeProvider time, ILogger logger)
{
    /// <summary>How long a task that this server cannot handle, but another may, waits to be fetched again.</summary>
    internal static readonly TimeSpan HandOverDelay = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan HandOverLogInterval = TimeSpan.FromMinutes(1);

    private readonly LogLimiter _handOverLog = new(time, HandOverLogInterval);

    /// <param name="attempt">The attempt, which has a reason to end.</param>
    /// <param name="thrown">What its handler threw, if it did and has returned.</param>
    internal async ValueTask<Verdict> DecideAsync(ActiveTask attempt, Exception? thrown)
    {
        switch (attempt.Reason)
        {
            case StopReason.Shutdown:
                return Verdict.Requeue;
            case StopReason.LeaseLost:
                return new Verdict(Ending.Abandon, new LeaseExpiredException(thrown));
            case StopReason.Finished when thrown is null:
                return Verdict.Done;
            default:
                return await DecideFailureAsync(attempt, ErrorOf(attempt, thrown)).ConfigureAwait(false);
        }
    }

    private async ValueTask<Verdict> DecideFailureAsync(ActiveTask attempt, Exception error)
    {
        var message = attempt.Message;
        if (Find<RevokeTaskException>(error) is not null)
        {
            return new Verdict(Ending.Revoked, error);
        }

        if (attempt.Reason == StopReason.Cancelled && !settings.Options.RetryCancelledTasks)
        {
            return new Verdict(Ending.Archive, error);
        }

        if (Find<DeferTaskException>(error) is { } deferral)
        {
            return new Verdict(Ending.Defer, deferral, RetryDelay.Within(deferral.Delay), IsFailure: false);
        }

        switch (error)
        {
            case UnknownTaskTypeException unknown when unknown.Type == message.Type:
                return HandOver(
                    message,
                    error,
                    MayLeave ?? await neighbours.MayHandleAsync(message.Queue, message.Type).ConfigureAwait(false));
            case UnreadableTaskException unreadable when unreadable.TaskId == message.Id:
                return HandOver(
                    message, error, MayLeave ?? await neighbours.OtherBuildServesAsync(message.Queue).ConfigureAwait(false));
            default:
                return await DecideRetryAsync(message, error).ConfigureAwait(false);
        }
    }

    private async ValueTask<Verdict> DecideRetryAsync(TaskMessage message, Exception error)
    {
        if (Find<SkipRetryException>(error) is not null)
        {
            return new Verdict(Ending.Archive, error);
        }

        var isFailure = await IsFailureAsync(message, error).ConfigureAwait(false);
        return isFailure && message.Retried >= message.Retry
            ? new Verdict(Ending.Archive, error)
            : new Verdict(
                Ending.Retry, error, await retryDelay.ForAsync(message, error, time).ConfigureAwait(false), isFailure);
    }

    /// <summary>Whether a task that this server cannot handle is left to others; <c>null</c> where it depends on the others.</summary>
    private bool? MayLeave => settings.Options.UnhandledTasks switch
    {
        UnhandledTaskPolicy.Retry => true,
        UnhandledTaskPolicy.Archive => false,
        _ => null,
    };

    private Verdict HandOver(TaskMessage message, Exception error, bool mayLeave)
    {
        if (!mayLeave)
        {
            return new Verdict(Ending.Archive, error);
        }

        if (_handOverLog.TryPass(out var heldBack))
        {
            ServerLog.HandedOver(logger, message.Id, message.Type, message.Queue, HandOverDelay, error.Message, heldBack);
        }

        return new Verdict(Ending.Retry, error, HandOverDelay, IsFailure: false);
    }

    private async ValueTask<bool> IsFailureAsync(TaskMessage message, Exception error)
    {
        if (settings.Options.IsFailure is not { } isFailure)
        {
            return true;
        }

        try
        {
            return await LimitedCall.RunAsync(() => isFailure(error), time).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ServerLog.IsFailureFailed(logger, message.Id, message.Type, exception);
            return true;
        }
    }

    private static Exception ErrorOf(ActiveTask attempt, Exception? thrown) => attempt.Reason switch
    {
        StopReason.Deadline => new TimeoutException($"The attempt did not end by its deadline, {attempt.Deadline:O}.", thrown),
        StopReason.Cancelled => new OperationCanceledException("The task was cancelled by a user.", thrown),
        _ => thrown!,
    };

    /// <summary>The exception of a type that an error is or wraps.</summary>
    internal static T? Find<T>(Exception? error)
        where T : Exception => error switch
        {
            null => null,
            T found => found,
            AggregateException several => several.InnerExceptions.Select(Find<T>).FirstOrDefault(found => found is not null),
            _ => Find<T>(error.InnerException),
        };
}
