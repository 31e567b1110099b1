using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>What asynq's inspector cannot do.</summary>
internal sealed partial class Broker
{
    private static readonly Script RescheduleTaskScript = Script.Load("reschedule-task.lua");

    /// <summary>Gives a scheduled or retried task another due time. Its lock lasts as much longer as it is put off.</summary>
    internal async Task<InspectOutcome> RescheduleTaskAsync(
        string queue, string id, DateTimeOffset processAt, CancellationToken ct)
    {
        MessageRules.RequireText(id, "Task id");
        var keys = KeysOf(queue);
        if (!await QueueExistsAsync(queue, ct).ConfigureAwait(false))
        {
            return InspectOutcome.QueueNotFound;
        }

        var due = DueTime.Of(processAt);
        RedisValue[] args = [keys.TaskPrefix, keys.UniquePrefix, keys.WakeChannel, id, due.Score, due.Exact];
        var reply = await RunListAsync(RescheduleTaskScript, keys, [keys.Scheduled, keys.Retry], args, ct)
            .ConfigureAwait(false);
        return (int)reply[0] switch
        {
            0 => InspectOutcome.Done,
            1 => InspectOutcome.TaskNotFound,
            2 => InspectOutcome.NotWaiting,
            _ => InspectOutcome.Misplaced,
        };
    }
}
