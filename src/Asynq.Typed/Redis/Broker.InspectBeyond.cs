using Google.Protobuf;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>What asynq's inspector cannot do.</summary>
internal sealed partial class Broker
{
    private static readonly Script RescheduleTaskScript = Script.Load("reschedule-task.lua");
    private static readonly Script RequeueTaskScript = Script.Load("requeue-task.lua");

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

    /// <summary>Makes an archived task pending with another payload. Its lock, if it has one, stays that of the first.</summary>
    internal async Task<InspectOutcome> RequeueTaskAsync(
        string queue, string id, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        MessageRules.RequireText(id, "Task id");
        var keys = KeysOf(queue);
        if (!await QueueExistsAsync(queue, ct).ConfigureAwait(false))
        {
            return InspectOutcome.QueueNotFound;
        }

        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (await TryRequeueAsync(keys, id, payload, ct).ConfigureAwait(false) is { } final)
            {
                return final;
            }
        }
    }

    /// <returns><c>null</c> where the message has changed between reading and writing.</returns>
    private async Task<InspectOutcome?> TryRequeueAsync(
        QueueKeys queue, string id, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        RedisKey[] scriptKeys = [queue.Task(id), queue.Scheduled, queue.Retry];
        var found = await RunListAsync(FindTaskScript, queue, scriptKeys, [id], ct).ConfigureAwait(false);
        if (found is not [var state, var stored, ..])
        {
            return InspectOutcome.TaskNotFound;
        }

        if (state.ToString() != "archived")
        {
            return InspectOutcome.NotArchived;
        }

        var before = (byte[]?)stored ?? [];
        if (Decode(queue.Name, id, before, out _) is not { } message)
        {
            return InspectOutcome.Unreadable;
        }

        message.Payload = ByteString.CopyFrom(payload.Span);
        RedisValue[] args =
            [queue.TaskPrefix, queue.WakeChannel, id, before, message.ToByteArray(), UnixNanoseconds(Now)];
        var reply = await RunListAsync(RequeueTaskScript, queue, [queue.Pending, queue.Archived], args, ct)
            .ConfigureAwait(false);
        return (int)reply[0] switch
        {
            0 => InspectOutcome.Done,
            1 => InspectOutcome.TaskNotFound,
            2 => InspectOutcome.NotArchived,
            3 => null,
            _ => InspectOutcome.Misplaced,
        };
    }
}
