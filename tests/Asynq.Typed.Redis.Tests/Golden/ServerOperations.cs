using System.Text.Json.Nodes;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>The recorded operations of servers, schedulers and the janitor, as calls of the broker.</summary>
internal static class ServerOperations
{
    public static readonly Dictionary<string, Func<GoldenCall, Task<GoldenReply>>> All = new(StringComparer.Ordinal)
    {
        ["WriteServerState"] = WriteServerStateAsync,
        ["ClearServerState"] = async call =>
        {
            await call.Broker.ClearServerStateAsync(call.Text("host"), call.Number("pid"), call.Text("serverId"), call.Ct);
            return GoldenReply.Nothing;
        },
        ["ListServers"] = ListServersAsync,
        ["WriteSchedulerEntries"] = WriteSchedulerEntriesAsync,
        ["ClearSchedulerEntries"] = async call =>
        {
            await call.Broker.ClearSchedulerEntriesAsync(call.Text("schedulerId"), call.Ct);
            return GoldenReply.Nothing;
        },
        ["RecordSchedulerEnqueueEvent"] = async call =>
        {
            var enqueued = new SchedulerEnqueueEvent
            {
                TaskId = call.Text("taskId"), EnqueueTime = GoldenJson.Timestamp(call.Row.Args["enqueuedAt"]),
            };
            await call.Broker.RecordSchedulerEnqueueEventAsync(call.Text("entryId"), enqueued, call.Ct);
            return GoldenReply.Nothing;
        },
        ["ClearSchedulerHistory"] = async call =>
        {
            await call.Broker.ClearSchedulerHistoryAsync(call.Text("entryId"), call.Ct);
            return GoldenReply.Nothing;
        },
        ["DeleteExpiredCompletedTasks"] = async call =>
        {
            await call.Broker.DeleteExpiredCompletedTasksAsync(call.Queue, call.Number("batchSize"), call.Ct);
            return GoldenReply.Nothing;
        },
    };

    private static async Task<GoldenReply> WriteServerStateAsync(GoldenCall call)
    {
        var node = call.Row.Args["server"]!;
        var server = new ServerInfo
        {
            Host = (string)node["host"]!,
            Pid = (int)node["pid"]!,
            ServerId = (string)node["serverId"]!,
            Concurrency = (int)node["concurrency"]!,
            Queues = { node["queues"]!.AsObject().ToDictionary(queue => queue.Key, queue => (int)queue.Value!) },
            StrictPriority = (bool)node["strictPriority"]!,
            Status = (string)node["status"]!,
            StartTime = GoldenJson.Timestamp(node["started"]),
            ActiveWorkerCount = (int)node["activeWorkerCount"]!,
        };
        var workers = call.Row.Args["workers"]!.AsArray().Select(worker => new WorkerInfo
        {
            Host = server.Host,
            Pid = server.Pid,
            ServerId = server.ServerId,
            TaskId = (string)worker!["taskId"]!,
            TaskType = (string)worker["type"]!,
            TaskPayload = GoldenJson.Bytes(worker["payload"]),
            Queue = (string)worker["queue"]!,
            StartTime = GoldenJson.Timestamp(worker["started"]),
            Deadline = GoldenJson.Timestamp(worker["deadline"]),
        });

        // With what is ours: a reader of the protocol must not see it.
        var detail = new ServerDetail { BuildId = "build", TaskTypes = { "email:welcome" } };
        await call.Broker.WriteServerStateAsync(server, [.. workers], detail, call.Seconds("ttlSeconds"), call.Ct);
        return GoldenReply.Nothing;
    }

    private static async Task<GoldenReply> ListServersAsync(GoldenCall call)
    {
        var servers = await call.Broker.ListServersAsync(call.Ct);
        return GoldenReply.Of(new JsonArray(
        [
            .. servers.Select(server => new JsonObject
            {
                ["activeWorkerCount"] = server.Info.ActiveWorkerCount,
                ["concurrency"] = server.Info.Concurrency,
                ["host"] = server.Info.Host,
                ["pid"] = server.Info.Pid,
                ["queues"] = new JsonObject(
                    server.Info.Queues.Select(queue => KeyValuePair.Create<string, JsonNode?>(queue.Key, queue.Value))),
                ["serverId"] = server.Info.ServerId,
                ["started"] = GoldenJson.Of(server.Info.StartTime),
                ["status"] = server.Info.Status,
            }),
        ]));
    }

    private static async Task<GoldenReply> WriteSchedulerEntriesAsync(GoldenCall call)
    {
        var entries = call.Row.Args["entries"]!.AsArray().Select(entry => new SchedulerEntry
        {
            Id = (string)entry!["id"]!,
            Spec = (string)entry["spec"]!,
            TaskType = (string)entry["type"]!,
            TaskPayload = GoldenJson.Bytes(entry["payload"]),
            EnqueueOptions = { entry["options"]!.AsArray().Select(option => (string)option!) },
            NextEnqueueTime = GoldenJson.Timestamp(entry["next"]),
            PrevEnqueueTime = GoldenJson.Timestamp(entry["prev"]),
        });
        await call.Broker.WriteSchedulerEntriesAsync(
            call.Text("schedulerId"), [.. entries], call.Seconds("ttlSeconds"), call.Ct);
        return GoldenReply.Nothing;
    }
}
