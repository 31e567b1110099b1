using System.Globalization;
using Asynq.Typed.Torture.Ledgers;
using StackExchange.Redis;

namespace Asynq.Typed.Torture.Tasks;

/// <summary>Enqueues tasks, and writes down what was tried and what Redis said to it.</summary>
/// <param name="client">By which it does so.</param>
/// <param name="ledger">Where it writes.</param>
/// <param name="waiting">A client that waits for all replicas, where there are any.</param>
internal sealed class LedgerClient(AsynqClient client, Ledger ledger, AsynqClient? waiting = null)
{
    /// <summary>Never throws what Redis or the way to it brings about.</summary>
    /// <param name="task">What is to be enqueued.</param>
    /// <param name="waits">Whether replicas are waited for, where there are any.</param>
    public async Task EnqueueAsync(PlannedEnqueue task, bool waits = false)
    {
        WriteIntent(task.Id, task.Kind, task.Queue, task.UniqueKey, task.Due);
        waits &= waiting is not null;
        try
        {
            var result = await (waits ? waiting! : client).TryEnqueueAsync(task.Request);
            if (result.Status is EnqueueStatus.Enqueued or EnqueueStatus.NotConfirmed)
            {
                WriteAccepted(task.Id, waits && result.Status == EnqueueStatus.Enqueued);
            }
            else
            {
                ledger.Write(Entry.Refused, task.Id, result.Status.ToString(), Refusals.Duplicate);
            }
        }
        catch (RedisUnreachableException exception) when (exception.IsOutcomeUnknown)
        {
            ledger.Write(Entry.Unknown, task.Id, exception.Message);
        }
        catch (Exception exception) when (exception is RedisUnreachableException or RedisRefusedException)
        {
            ledger.Write(Entry.Refused, task.Id, exception.Message, Passes(exception) ? Refusals.Passing : Refusals.ForGood);
        }
    }

    /// <summary>What is about to be put into Redis, by this or past it.</summary>
    public void WriteIntent(string id, string kind, string queue, string uniqueKey = "", DateTimeOffset? due = null) => ledger.Write(
        Entry.Intent,
        id,
        kind,
        queue,
        uniqueKey,
        due is { } at ? ((at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture) : "");

    public void WriteAccepted(string id, bool isConfirmed = false) =>
        ledger.Write(Entry.Accepted, id, isConfirmed ? Confirmed.ByReplicas : "");

    private static bool Passes(Exception exception) => exception.InnerException switch
    {
        null => true,
        RedisServerException refusal => refusal.Kind != RedisErrorKind.OutOfMemory,

        // Of several tasks of one call each has an exception of its own, around that of the call.
        var inner => Passes(inner),
    };
}
