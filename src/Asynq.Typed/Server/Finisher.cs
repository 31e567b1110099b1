using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>Tells Redis how attempts ended. What cannot be told at once goes to the syncer.</summary>
internal sealed class Finisher(Broker broker, ActiveTasks active, Syncer syncer, Forwarder forwarder, ILogger logger)
{
    /// <summary>Returns once Redis knows, or the syncer has taken over. Never throws.</summary>
    internal async Task FinishAsync(ActiveTask attempt, Verdict verdict)
    {
        if (verdict.Ending == Ending.Abandon)
        {
            ServerLog.LeaseLost(logger, attempt.Message.Id, attempt.Message.Type, attempt.Message.Queue);
            active.Remove(attempt);
            return;
        }

        Count(attempt.Message, verdict.Ending);
        var write = new FinalWrite(attempt, verdict.Ending, SendOf(attempt, verdict));
        try
        {
            // Without a token: a shutdown must not keep a finished task from being finished.
            Answered(write, await write.SendAsync(CancellationToken.None).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            ServerLog.FinalWriteFailed(
                logger, attempt.Message.Id, attempt.Message.Type, attempt.Message.Queue, verdict.Ending, exception);
            syncer.Add(write);
        }
    }

    private static void Count(TaskMessage message, Ending ending)
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

    private void Answered(FinalWrite write, LeaseOutcome outcome)
    {
        active.Remove(write.Attempt);
        if (outcome == LeaseOutcome.Lost)
        {
            var message = write.Attempt.Message;
            ServerLog.FinalWriteLost(logger, message.Id, message.Type, message.Queue, write.Ending);
        }
    }

    private Func<CancellationToken, Task<LeaseOutcome>> SendOf(ActiveTask attempt, Verdict verdict)
    {
        var task = attempt.Leased;
        switch (verdict.Ending)
        {
            case Ending.Done when task.Message.Retention > 0:
                return ct => broker.CompleteAsync(task, ct);
            case Ending.Done or Ending.Revoked:
                return ct => broker.DoneAsync(task, ct);
            case Ending.Archive:
                return ct => broker.ArchiveAsync(task, TextOf(verdict.Error!), ct);
            case Ending.Retry or Ending.Defer:
                var processAt = broker.Now + verdict.Delay;
                return async ct =>
                {
                    var outcome = await broker
                        .RetryAsync(task, processAt, TextOf(verdict.Error!), verdict.IsFailure, ct).ConfigureAwait(false);
                    forwarder.NoteDue(task.Message.Queue, processAt);
                    return outcome;
                };
            default:
                return ct => broker.RequeueAsync(task, ct);
        }
    }

    private static string TextOf(Exception error) => error.Message.Length > 0 ? error.Message : error.GetType().Name;
}
