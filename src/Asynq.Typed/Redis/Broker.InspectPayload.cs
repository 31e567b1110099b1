using Google.Protobuf;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>Calls that give a task another payload. A lock, if the task has one, stays that of the first payload.</summary>
internal sealed partial class Broker
{
    private static readonly Script UpdatePayloadScript = Script.Load("update-payload.lua");
    private static readonly Script RequeueTaskScript = Script.Load("requeue-task.lua");

    /// <summary>Replaces the payload of a scheduled task.</summary>
    internal Task<InspectOutcome> UpdateTaskPayloadAsync(
        string queue, string id, Action<TaskMessage> replace, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        return ReplacePayloadAsync(keys, id, replace, "scheduled", InspectOutcome.NotScheduled, UpdateAsync, ct);

        async Task<InspectOutcome?> UpdateAsync(byte[] before, byte[] after)
        {
            var reply = await RunListAsync(UpdatePayloadScript, keys, [keys.Task(id)], [before, after], ct)
                .ConfigureAwait(false);
            return (int)reply[0] switch
            {
                0 => InspectOutcome.Done,
                1 => InspectOutcome.TaskNotFound,
                2 => InspectOutcome.NotScheduled,
                _ => null,
            };
        }
    }

    /// <summary>Makes an archived task pending with another payload.</summary>
    internal Task<InspectOutcome> RequeueTaskAsync(
        string queue, string id, Action<TaskMessage> replace, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        return ReplacePayloadAsync(keys, id, replace, "archived", InspectOutcome.NotArchived, RequeueAsync, ct);

        async Task<InspectOutcome?> RequeueAsync(byte[] before, byte[] after)
        {
            RedisValue[] args = [keys.TaskPrefix, keys.WakeChannel, id, before, after, UnixNanoseconds(Now)];
            var reply = await RunListAsync(RequeueTaskScript, keys, [keys.Pending, keys.Archived], args, ct)
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

    /// <summary>Reads the message, replaces its payload and writes it, until nobody else wrote it in between.</summary>
    /// <param name="queue">The task's queue.</param>
    /// <param name="id">The task.</param>
    /// <param name="replace">Puts the new payload into the message.</param>
    /// <param name="state">The state in which the payload can be replaced.</param>
    /// <param name="elsewhere">The outcome for a task in any other.</param>
    /// <param name="write">Writes the message after the one before; <c>null</c> where that has changed meanwhile.</param>
    /// <param name="ct">Checked before each command.</param>
    private async Task<InspectOutcome> ReplacePayloadAsync(
        QueueKeys queue,
        string id,
        Action<TaskMessage> replace,
        string state,
        InspectOutcome elsewhere,
        Func<byte[], byte[], Task<InspectOutcome?>> write,
        CancellationToken ct)
    {
        MessageRules.RequireText(id, "Task id");
        if (!await QueueExistsAsync(queue.Name, ct).ConfigureAwait(false))
        {
            return InspectOutcome.QueueNotFound;
        }

        while (true)
        {
            ct.ThrowIfCancellationRequested();
            RedisKey[] keys = [queue.Task(id), queue.Scheduled, queue.Retry];
            var found = await RunListAsync(FindTaskScript, queue, keys, [id], ct).ConfigureAwait(false);
            if (found is not [var actual, var stored, ..])
            {
                return InspectOutcome.TaskNotFound;
            }

            if (actual.ToString() != state)
            {
                return elsewhere;
            }

            var before = (byte[]?)stored ?? [];
            if (Decode(queue.Name, id, before, out _) is not { } message)
            {
                return InspectOutcome.Unreadable;
            }

            replace(message);
            if (await write(before, message.ToByteArray()).ConfigureAwait(false) is { } outcome)
            {
                return outcome;
            }
        }
    }
}
