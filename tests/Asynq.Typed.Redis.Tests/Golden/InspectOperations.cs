using System.Text.Json.Nodes;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>The recorded operations of the inspector, as calls of the broker.</summary>
internal static class InspectOperations
{
    private static readonly TaskState[] RunFrom =
        [TaskState.Scheduled, TaskState.Retry, TaskState.Archived, TaskState.Aggregating];

    private static readonly TaskState[] ArchiveFrom =
        [TaskState.Pending, TaskState.Scheduled, TaskState.Retry, TaskState.Aggregating];

    private static readonly TaskState[] DeleteFrom =
    [
        TaskState.Pending, TaskState.Scheduled, TaskState.Retry, TaskState.Archived, TaskState.Completed,
        TaskState.Aggregating,
    ];

    public static readonly Dictionary<string, Func<GoldenCall, Task<GoldenReply>>> All = Table();

    private static Dictionary<string, Func<GoldenCall, Task<GoldenReply>>> Table()
    {
        var table = new Dictionary<string, Func<GoldenCall, Task<GoldenReply>>>(StringComparer.Ordinal)
        {
            ["RunTask"] = async call => Moved(call, await call.Broker.RunTaskAsync(call.Queue, call.Id, call.Ct), "run"),
            ["ArchiveTask"] = async call =>
                Moved(call, await call.Broker.ArchiveTaskAsync(call.Queue, call.Id, call.Ct), "archive"),
            ["DeleteTask"] = async call =>
                Moved(call, await call.Broker.DeleteTaskAsync(call.Queue, call.Id, call.Ct), "delete"),
            ["UpdateTaskPayload"] = async call => Moved(
                call,
                await call.Broker.UpdateTaskPayloadAsync(
                    call.Queue, call.Id, GoldenJson.Bytes(call.Row.Args["payload"]).Memory, call.Ct),
                "update"),
            ["GetTaskInfo"] = GetTaskInfoAsync,
            ["Pause"] = async call => GoldenReply.Outcome(
                await call.Broker.PauseAsync(call.Queue, call.Ct), $"queue \"{call.Queue}\" is already paused"),
            ["Unpause"] = async call => GoldenReply.Outcome(
                await call.Broker.UnpauseAsync(call.Queue, call.Ct), $"queue \"{call.Queue}\" is not paused"),
            ["RemoveQueue"] = RemoveQueueAsync,
            ["GroupStats"] = GroupStatsAsync,
            ["HistoricalStats"] = HistoricalStatsAsync,
            ["CurrentStats"] = CurrentStatsAsync,
            ["AllQueues"] = async call =>
                GoldenReply.Of(new JsonArray([.. (await call.Broker.ListQueuesAsync(call.Ct)).Select(name => (JsonNode)name)])),
        };
        foreach (var state in Enum.GetValues<TaskState>())
        {
            table.Add($"List{state}", call => ListAsync(call, state));
        }

        foreach (var state in RunFrom)
        {
            table.Add($"RunAll{state}Tasks", async call =>
                MovedAll(call, await call.Broker.RunAllAsync(call.Queue, state, call.Group, call.Ct)));
        }

        foreach (var state in ArchiveFrom)
        {
            table.Add($"ArchiveAll{state}Tasks", async call =>
                MovedAll(call, await call.Broker.ArchiveAllAsync(call.Queue, state, call.Group, call.Ct)));
        }

        foreach (var state in DeleteFrom)
        {
            table.Add($"DeleteAll{state}Tasks", async call =>
                MovedAll(call, await call.Broker.DeleteAllAsync(call.Queue, state, call.Group, call.Ct)));
        }

        return table;
    }

    private static GoldenReply Moved(GoldenCall call, InspectOutcome outcome, string verb) => outcome switch
    {
        InspectOutcome.Done => GoldenReply.Nothing,
        InspectOutcome.QueueNotFound => QueueNotFound(call),
        InspectOutcome.TaskNotFound => TaskNotFound(call),
        InspectOutcome.Active => GoldenReply.Refused(
            verb == "run"
                ? "FAILED_PRECONDITION: task is already running"
                : $"FAILED_PRECONDITION: cannot {verb} task in active state. use CancelProcessing instead."),
        InspectOutcome.AlreadyPending => GoldenReply.Refused("FAILED_PRECONDITION: task is already in pending state"),
        InspectOutcome.AlreadyArchived => GoldenReply.Refused(
            $"FAILED_PRECONDITION: task is already archived: id={call.Id}, queue={call.Queue}"),
        InspectOutcome.NotScheduled => GoldenReply.Refused(
            "FAILED_PRECONDITION: cannot update task that is not in scheduled state."),
        _ => GoldenReply.Refused(outcome.ToString()),
    };

    private static GoldenReply MovedAll(GoldenCall call, long? moved) =>
        moved is { } count ? GoldenReply.Of(count) : QueueNotFound(call);

    private static async Task<GoldenReply> GetTaskInfoAsync(GoldenCall call)
    {
        var found = await call.Broker.FindTaskAsync(call.Queue, call.Id, call.Ct);
        return found switch
        {
            { QueueExists: false } => GoldenReply.Refused(
                $"INTERNAL_ERROR: INTERNAL_ERROR: queue \"{call.Queue}\" does not exist"),
            { Task: null } => TaskNotFound(call),
            { Task: { } task } => GoldenReply.Of(GoldenJson.Of(task)),
        };
    }

    private static async Task<GoldenReply> ListAsync(GoldenCall call, TaskState state)
    {
        var tasks = await call.Broker.ListTasksAsync(
            call.Queue, state, call.Group, call.Number("page"), call.Number("size"), call.Ct);
        return tasks is null
            ? QueueNotFound(call) with { Result = new JsonArray() }
            : GoldenReply.Of(new JsonArray([.. tasks.Select(GoldenJson.Of)]));
    }

    private static async Task<GoldenReply> RemoveQueueAsync(GoldenCall call) =>
        await call.Broker.RemoveQueueAsync(call.Queue, (bool)call.Row.Args["force"]!, call.Ct) switch
        {
            QueueRemoval.Removed => GoldenReply.Nothing,
            QueueRemoval.NotEmpty => GoldenReply.Refused($"NOT_FOUND: queue \"{call.Queue}\" is not empty"),
            QueueRemoval.HasActiveTasks => GoldenReply.Refused(
                "FAILED_PRECONDITION: cannot remove queue with active tasks"),
            _ => QueueNotFound(call),
        };

    private static async Task<GoldenReply> GroupStatsAsync(GoldenCall call)
    {
        var groups = await call.Broker.GroupStatsAsync(call.Queue, call.Ct);
        return GoldenReply.Of(new JsonArray(
            [.. groups.Select(group => new JsonObject { ["group"] = group.Name, ["size"] = group.Size })]));
    }

    private static async Task<GoldenReply> HistoricalStatsAsync(GoldenCall call)
    {
        var days = await call.Broker.HistoricalStatsAsync(call.Queue, call.Number("days"), call.Ct);
        return days is null
            ? QueueNotFound(call)
            : GoldenReply.Of(new JsonArray(
            [
                .. days.Select(day => new JsonObject
                {
                    ["date"] = day.Date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                    ["failed"] = day.Failed,
                    ["processed"] = day.Processed,
                }),
            ]));
    }

    private static async Task<GoldenReply> CurrentStatsAsync(GoldenCall call) =>
        await call.Broker.CurrentStatsAsync(call.Queue, call.Ct) is { } stats
            ? GoldenReply.Of(new JsonObject
            {
                ["active"] = stats.Active,
                ["aggregating"] = stats.Aggregating,
                ["archived"] = stats.Archived,
                ["completed"] = stats.Completed,
                ["failed"] = stats.Failed,
                ["failedTotal"] = stats.FailedTotal,
                ["groups"] = stats.Groups,
                ["latencySeconds"] = stats.Latency.TotalSeconds,
                ["paused"] = stats.IsPaused,
                ["pending"] = stats.Pending,
                ["processed"] = stats.Processed,
                ["processedTotal"] = stats.ProcessedTotal,
                ["retry"] = stats.Retry,
                ["scheduled"] = stats.Scheduled,
                ["size"] = stats.Size,
            })
            : QueueNotFound(call);

    private static GoldenReply QueueNotFound(GoldenCall call) =>
        GoldenReply.Refused($"NOT_FOUND: queue \"{call.Queue}\" does not exist");

    private static GoldenReply TaskNotFound(GoldenCall call) =>
        GoldenReply.Refused($"NOT_FOUND: cannot find task with id={call.Id} in queue \"{call.Queue}\"");
}
