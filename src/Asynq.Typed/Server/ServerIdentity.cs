using System.Reflection;
using Asynq.Typed.Redis;
using Google.Protobuf.WellKnownTypes;

namespace Asynq.Typed.Server;

/// <summary>How a server appears to others.</summary>
internal sealed class ServerIdentity(DateTimeOffset startedAt, Func<AsynqServerState> state)
{
    internal string Host { get; } = Environment.MachineName;

    internal int ProcessId { get; } = Environment.ProcessId;

    internal string ServerId { get; } = Guid.NewGuid().ToString("D");

    /// <summary>Tells builds apart: servers of one build know the same types and payloads.</summary>
    internal string BuildId { get; } = BuildIdOf(Assembly.GetEntryAssembly());

    internal ServerInfo Describe(ServerSettings settings, int activeTasks)
    {
        var info = new ServerInfo
        {
            Host = Host,
            Pid = ProcessId,
            ServerId = ServerId,
            Concurrency = settings.Concurrency,
            StrictPriority = settings.Options.StrictPriority,
            Status = NameOf(state()),
            StartTime = Timestamp.FromDateTimeOffset(startedAt),
            ActiveWorkerCount = activeTasks,
        };
        foreach (var (queue, weight) in settings.Queues)
        {
            info.Queues.Add(queue, weight);
        }

        return info;
    }

    internal ServerDetail Detail(IEnumerable<string> taskTypes, IEnumerable<string> aggregatedTypes)
    {
        var detail = new ServerDetail { BuildId = BuildId };
        detail.TaskTypes.AddRange(taskTypes);
        detail.AggregatedTypes.AddRange(aggregatedTypes);
        return detail;
    }

    private static string BuildIdOf(Assembly? assembly)
    {
        // The compiler gives each build of the same sources the same id. Native AOT does not keep it.
        var module = assembly?.ManifestModule.ModuleVersionId ?? Guid.Empty;
        return module != Guid.Empty
            ? module.ToString("N")
            : assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
    }

    private static string NameOf(AsynqServerState state) => state switch
    {
        AsynqServerState.New => "new",
        AsynqServerState.Active => "active",
        AsynqServerState.Stopped => "stopped",
        _ => "closed",
    };
}
