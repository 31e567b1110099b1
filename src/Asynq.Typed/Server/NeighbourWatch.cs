using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Looks for other servers of this server's queues that may not know its task types, and warns of each once: such a server
/// takes tasks that it cannot handle.
/// </summary>
internal sealed class NeighbourWatch : IServerComponent
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly ServerIdentity _identity;
    private readonly IReadOnlyList<string> _taskTypes;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _loop;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    internal NeighbourWatch(
        Broker broker,
        ServerSettings settings,
        ServerIdentity identity,
        IReadOnlyList<string> taskTypes,
        TimeProvider time,
        ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _identity = identity;
        _taskTypes = taskTypes;
        _logger = logger;
        _loop = new BackgroundLoop("Neighbour watch", time, logger, Interval, StepAsync);
    }

    public void Start() => _loop.Start();

    public Task ShutdownAsync(CancellationToken cancellationToken) => _loop.StopAsync();

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        foreach (var server in await _broker.ListServersAsync(cancellationToken).ConfigureAwait(false))
        {
            var shared = _settings.QueueNames.Where(server.Info.Queues.ContainsKey).ToList();
            if (shared.Count > 0 && server.Info.ServerId != _identity.ServerId && _known.Add(server.Info.ServerId))
            {
                Warn(server, string.Join(", ", shared));
            }
        }

        return Interval;
    }

    private void Warn(LiveServer server, string queues)
    {
        if (server.Detail is not { } detail)
        {
            ServerLog.ForeignServer(_logger, server.Info.Host, server.Info.Pid, queues);
            return;
        }

        var missing = _taskTypes.Where(type => !detail.TaskTypes.Any(known => Neighbours.Matches(known, type))).ToList();
        if (missing.Count > 0)
        {
            ServerLog.OtherTypes(_logger, server.Info.Host, server.Info.Pid, queues, string.Join(", ", missing));
        }
    }
}
