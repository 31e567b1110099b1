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
                    await MayLeaveAsync(neighbours.MayHandleAsync(message.Queue, message.Type)).ConfigureAwait(false));
            case UnreadableTaskException unreadable when unreadable.TaskId == message.Id:
                return HandOver(
                    message, error, await MayLeaveAsync(neighbours.OtherBuildServesAsync(message.Queue)).ConfigureAwait(false));
            default:
                return DecideRetry(message, error);
        }
    }

    private Verdict DecideRetry(TaskMessage message, Exception error)
    {
        if (Find<SkipRetryException>(error) is not null)
        {
            return new Verdict(Ending.Archive, error);
        }

        if (!IsFailure(message, error))
        {
            return new Verdict(Ending.Retry, error, retryDelay.For(message, error), IsFailure: false);
        }

        return message.Retried >= message.Retry
            ? new Verdict(Ending.Archive, error)
            : new Verdict(Ending.Retry, error, retryDelay.For(message, error));
    }

    private async ValueTask<bool> MayLeaveAsync(ValueTask<bool> anotherMayHandleIt) => settings.Options.UnhandledTasks switch
    {
        UnhandledTaskPolicy.Retry => true,
        UnhandledTaskPolicy.Archive => false,
        _ => await anotherMayHandleIt.ConfigureAwait(false),
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

    private bool IsFailure(TaskMessage message, Exception error)
    {
        if (settings.Options.IsFailure is not { } isFailure)
        {
            return true;
        }

        try
        {
            return isFailure(error);
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
