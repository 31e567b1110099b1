using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    private static readonly Script RunTaskScript = Script.Load("run-task.lua");
    private static readonly Script ArchiveTaskScript = Script.Load("archive-task.lua");
    private static readonly Script DeleteTaskScript = Script.Load("delete-task.lua");
    private static readonly Script FindTaskScript = Script.Load("find-task.lua");

    /// <summary>Makes a task pending now, whatever it waits for. It leaves its group for good.</summary>
    internal Task<InspectOutcome> RunTaskAsync(string queue, string id, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        RedisValue[] args =
            [keys.Prefix, keys.TaskPrefix, keys.GroupPrefix, keys.WakeChannel, id, UnixNanoseconds(Now)];
        return MoveTaskAsync(RunTaskScript, keys, id, args, InspectOutcome.AlreadyPending, ct);
    }

    /// <summary>Archives a task that no worker holds. It keeps its lock. The archive is held to its limits.</summary>
    internal Task<InspectOutcome> ArchiveTaskAsync(string queue, string id, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        var now = Now;
        RedisValue[] args =
        [
            keys.Prefix, keys.TaskPrefix, keys.GroupPrefix, keys.UniquePrefix, id, UnixSeconds(now),
            Archive.MaxSizeOf(keys.Name), ArchiveCutoff(now),
        ];
        return MoveTaskAsync(ArchiveTaskScript, keys, id, args, InspectOutcome.AlreadyArchived, ct);
    }

    /// <summary>Deletes a task that no worker holds, and its lock.</summary>
    internal Task<InspectOutcome> DeleteTaskAsync(string queue, string id, CancellationToken ct)
    {
        var keys = KeysOf(queue);
        RedisValue[] args = [keys.Prefix, keys.TaskPrefix, keys.GroupPrefix, keys.UniquePrefix, id];
        return MoveTaskAsync(DeleteTaskScript, keys, id, args, InspectOutcome.Misplaced, ct);
    }

    /// <summary>Reads a task. One whose message cannot be read is found too: without type, its error says why.</summary>
    internal async Task<TaskSearch> FindTaskAsync(string queue, string id, CancellationToken ct)
    {
        MessageRules.RequireText(id, "Task id");
        var keys = KeysOf(queue);
        if (!await QueueExistsAsync(queue, ct).ConfigureAwait(false))
        {
            return default;
        }

        RedisKey[] scriptKeys = [keys.Task(id), keys.Scheduled, keys.Retry, keys.Lease];
        var found = await RunListAsync(FindTaskScript, keys, scriptKeys, [id], ct).ConfigureAwait(false);
        if (found is not [var state, var message, var result, var score, var exact, var reason]
            || StateOf(state.ToString()) is not { } known)
        {
            return new TaskSearch(true, null);
        }

        // To the second, as Go tells it.
        var now = DateTimeOffset.FromUnixTimeSeconds(UnixSeconds(Now));
        var due = known switch
        {
            TaskState.Pending => now,
            TaskState.Active => null,
            _ => StoredTask.Due(score.ToString(), exact.ToString()),
        };
        var task = Stored(keys, id, known, message, result, due, reason).ToInfo();
        return new TaskSearch(true, task with { IsOrphaned = known == TaskState.Active && IsOver(score, Now) });
    }

    /// <summary>Reads a task; <c>null</c> where there is none.</summary>
    internal async Task<TaskInfo?> GetTaskInfoAsync(string queue, string id, CancellationToken ct) =>
        (await FindTaskAsync(queue, id, ct).ConfigureAwait(false)).Task;

    private static StoredTask Stored(
        QueueKeys queue,
        string id,
        TaskState state,
        RedisResult message,
        RedisResult result,
        DateTimeOffset? due,
        RedisResult reason)
    {
        var read = Decode(queue.Name, id, (byte[]?)message ?? [], out var fault);
        var why = reason.ToString();
        return new StoredTask
        {
            Id = id,
            Queue = queue.Name,
            State = state,
            Message = read,
            Result = (byte[]?)result ?? [],
            NextProcessAt = due,
            Reason = why.Length > 0 ? why : fault,
        };
    }

    /// <summary>A state as Redis names it; <c>null</c> for what is none.</summary>
    private static TaskState? StateOf(string name) =>
        Enum.GetValues<TaskState>().Cast<TaskState?>().FirstOrDefault(state => NameOf(state!.Value) == name);

    private static string NameOf(TaskState state) => state switch
    {
        TaskState.Active => "active",
        TaskState.Pending => "pending",
        TaskState.Scheduled => "scheduled",
        TaskState.Retry => "retry",
        TaskState.Archived => "archived",
        TaskState.Completed => "completed",
        TaskState.Aggregating => "aggregating",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "There is no such state."),
    };

    private async Task<InspectOutcome> MoveTaskAsync(
        Script script, QueueKeys queue, string id, RedisValue[] args, InspectOutcome alreadyThere, CancellationToken ct)
    {
        MessageRules.RequireText(id, "Task id");
        if (!await QueueExistsAsync(queue.Name, ct).ConfigureAwait(false))
        {
            return InspectOutcome.QueueNotFound;
        }

        RedisKey[] keys =
            [queue.Pending, queue.Scheduled, queue.Retry, queue.Archived, queue.Completed, queue.Groups];
        var reply = await RunListAsync(script, queue, keys, args, ct).ConfigureAwait(false);
        return (int)reply[0] switch
        {
            0 => InspectOutcome.Done,
            1 => InspectOutcome.TaskNotFound,
            2 => InspectOutcome.Active,
            3 => alreadyThere,
            _ => InspectOutcome.Misplaced,
        };
    }
}
