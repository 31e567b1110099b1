using Asynq.Typed.Inspection;
using Asynq.Typed.Redis;

namespace Asynq.Typed;

public sealed partial class AsynqInspector
{
    /// <summary>The servers that live, Go's and this project's, each with what its workers are doing.</summary>
    public async Task<IReadOnlyList<ServerReport>> ListServersAsync(CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(cancellationToken).ConfigureAwait(false);
        var servers = await broker.ListServersAsync(cancellationToken).ConfigureAwait(false);
        var workers = (await broker.ListWorkersAsync(cancellationToken).ConfigureAwait(false))
            .ToLookup(worker => (worker.Host, worker.Pid, worker.ServerId), ReportOf);
        return
        [
            .. servers.Select(
                server => ReportOf(server, [.. workers[(server.Info.Host, server.Info.Pid, server.Info.ServerId)]])),
        ];
    }

    /// <summary>What the workers of all live servers are doing.</summary>
    public async Task<IReadOnlyList<WorkerReport>> ListWorkersAsync(CancellationToken cancellationToken = default)
    {
        var broker = await BrokerAsync(cancellationToken).ConfigureAwait(false);
        return [.. (await broker.ListWorkersAsync(cancellationToken).ConfigureAwait(false)).Select(ReportOf)];
    }

    private static ServerReport ReportOf(LiveServer server, IReadOnlyList<WorkerReport> workers) => new()
    {
        Id = server.Info.ServerId,
        Host = server.Info.Host,
        ProcessId = server.Info.Pid,
        Concurrency = server.Info.Concurrency,
        Queues = new Dictionary<string, int>(server.Info.Queues, StringComparer.Ordinal),
        StrictPriority = server.Info.StrictPriority,
        Status = server.Info.Status,
        StartedAt = WireTime.Of(server.Info.StartTime),
        ActiveWorkerCount = server.Info.ActiveWorkerCount,
        ActiveWorkers = workers,
        BuildId = server.Detail?.BuildId,
        TaskTypes = server.Detail is { } detail ? [.. detail.TaskTypes] : null,
    };

    private static WorkerReport ReportOf(WorkerInfo worker) => new()
    {
        Host = worker.Host,
        ProcessId = worker.Pid,
        ServerId = worker.ServerId,
        TaskId = worker.TaskId,
        TaskType = worker.TaskType,
        TaskPayload = worker.TaskPayload.Memory,
        Queue = worker.Queue,
        StartedAt = WireTime.Of(worker.StartTime),
        Deadline = WireTime.Of(worker.Deadline),
    };
}
