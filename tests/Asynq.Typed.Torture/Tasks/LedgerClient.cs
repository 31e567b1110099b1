using Asynq.Typed.Torture.Ledgers;
using StackExchange.Redis;

namespace Asynq.Typed.Torture.Tasks;

/// <summary>Enqueues tasks, and writes down what was tried and what Redis said to it.</summary>
internal sealed class LedgerClient(AsynqClient client, Ledger ledger)
{
    /// <summary>Never throws what Redis or the way to it brings about.</summary>
    public async Task EnqueueAsync(PlannedEnqueue task)
    {
        ledger.Write(Entry.Intent, task.Id, task.Kind, task.Queue, task.UniqueKey);
        try
        {
            var result = await client.TryEnqueueAsync(task.Request);
            if (result.Status == EnqueueStatus.Enqueued)
            {
                ledger.Write(Entry.Accepted, task.Id);
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

    private static bool Passes(Exception exception) =>
        exception.InnerException is not RedisServerException { Kind: RedisErrorKind.OutOfMemory };
}
