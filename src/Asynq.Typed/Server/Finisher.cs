using System.Buffers;
using System.Collections.Concurrent;
using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Tells Redis how attempts ended: those of a queue together, as many as have ended while the write before was on its way.
/// What cannot be told at once goes to the syncer.
/// </summary>
internal sealed class Finisher(
    Broker broker,
    ActiveTasks active,
    Slots slots,
    Syncer syncer,
    Forwarder forwarder,
    AttemptTelemetry telemetry,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(30);

    private readonly LogLimiter _failures = new(time, LogInterval);
    private readonly ConcurrentDictionary<string, FinishBatch> _batches = new(StringComparer.Ordinal);

    /// <summary>Has Redis told, soon. Never throws.</summary>
    internal void Finish(ActiveTask attempt, Verdict verdict)
    {
        attempt.Note(AttemptPhases.HandedOver);
        if (verdict.Ending == Ending.Abandon)
        {
            ServerLog.LeaseLost(logger, attempt.Message.Id, attempt.Message.Type, attempt.Message.Queue);
            active.Remove(attempt);
            Note(attempt, AttemptPhases.Sent | AttemptPhases.Answered);
            return;
        }

        telemetry.CountEnding(attempt.Message, verdict.Ending);
        var queue = attempt.Message.Queue;
        var batch = _batches.TryGetValue(queue, out var known) ? known : _batches.GetOrAdd(queue, _ => new FinishBatch(SendAsync));
        batch.Add(new EndedAttempt(attempt, verdict.Ending, WriteOf(attempt.Leased, verdict)));
    }

    /// <summary>Notes what has been done at the end of an attempt, and frees what that frees.</summary>
    internal void Note(ActiveTask attempt, AttemptPhases done)
    {
        var before = attempt.Note(done);
        active.NoteDone(attempt, before, done);
        slots.Release(before.IsCompletedBy(done, AttemptPhases.Freed) ? 1 : 0);
        slots.Settle(before.IsCompletedBy(done, AttemptPhases.Settled) ? 1 : 0);
    }

    /// <summary>Sends writes of one queue by one call. Never throws.</summary>
    private async Task SendAsync(List<EndedAttempt> ended)
    {
        var writes = ArrayPool<Attempt>.Shared.Rent(ended.Count);
        try
        {
            for (var i = 0; i < ended.Count; i++)
            {
                writes[i] = ended[i].Write;
            }

            // Without a token: a shutdown must not keep a finished task from being finished.
            var sending = broker.FinishAsync(new ArraySegment<Attempt>(writes, 0, ended.Count), CancellationToken.None);

            // Sent: the fetch that fills the slots again travels behind it.
            Note(ended, AttemptPhases.Sent);
            var outcomes = await sending.ConfigureAwait(false);
            for (var i = 0; i < ended.Count; i++)
            {
                Answered(ended[i], outcomes[i]);
            }
        }
        catch (Exception exception)
        {
            foreach (var (attempt, ending, write) in ended)
            {
                ReportFailure(attempt.Message, ending, exception);
                syncer.Add(new FinalWrite(attempt, ending, ct => RepeatAsync(write, ct)));
            }
        }

        ArrayPool<Attempt>.Shared.Return(writes, clearArray: true);
        Note(ended, AttemptPhases.Sent | AttemptPhases.Answered);
    }

    private void ReportFailure(TaskMessage message, Ending ending, Exception exception)
    {
        if (_failures.TryPass(out var heldBack))
        {
            ServerLog.FinalWriteFailed(logger, message.Id, message.Type, message.Queue, ending, heldBack, exception);
        }
    }

    private async Task<LeaseOutcome> RepeatAsync(Attempt write, CancellationToken ct)
    {
        var outcome = await broker.FinishOneAsync(write, ct).ConfigureAwait(false);
        NoteDue(write);
        return outcome;
    }

    /// <summary>Notes what has been done for attempts together, so that one fetch fills the slots that they leave.</summary>
    private void Note(List<EndedAttempt> ended, AttemptPhases done)
    {
        var (freed, settled) = (0, 0);
        foreach (var (attempt, _, _) in ended)
        {
            var before = attempt.Note(done);
            freed += before.IsCompletedBy(done, AttemptPhases.Freed) ? 1 : 0;
            settled += before.IsCompletedBy(done, AttemptPhases.Settled) ? 1 : 0;
        }

        slots.Release(freed);
        slots.Settle(settled);
    }

    private void Answered(EndedAttempt ended, LeaseOutcome outcome)
    {
        active.Remove(ended.Attempt);
        if (outcome == LeaseOutcome.Lost)
        {
            var message = ended.Attempt.Message;
            ServerLog.FinalWriteLost(logger, message.Id, message.Type, message.Queue, ended.Ending);
        }

        NoteDue(ended.Write);
    }

    private void NoteDue(Attempt write)
    {
        if (write.End == AttemptEnd.Retry)
        {
            forwarder.NoteDue(write.Task.Message.Queue, write.ProcessAt);
        }
    }

    private Attempt WriteOf(LeasedTask task, Verdict verdict) => verdict.Ending switch
    {
        Ending.Done when task.Message.Retention > 0 => new Attempt(task, AttemptEnd.Complete),
        Ending.Done or Ending.Revoked => new Attempt(task, AttemptEnd.Done),
        Ending.Archive => new Attempt(task, AttemptEnd.Archive) { Error = TextOf(verdict.Error!) },
        Ending.Retry or Ending.Defer => new Attempt(task, AttemptEnd.Retry)
        {
            ProcessAt = broker.Now + verdict.Delay, Error = TextOf(verdict.Error!), IsFailure = verdict.IsFailure,
        },
        _ => new Attempt(task, AttemptEnd.Requeue),
    };

    private static string TextOf(Exception error)
    {
        try
        {
            return error.Message.Length > 0 ? error.Message : error.GetType().Name;
        }
        catch (Exception)
        {
            // The text is the user's code; without it the task must end all the same.
            return error.GetType().Name;
        }
    }
}
