using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Looks for other servers of this server's queues that may not know its task types, and warns of each once: such a server
/// takes tasks that it cannot handle. Holds the archives of queues that a Go server shares to the size that it can bear.
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
    private bool _archiveRefused;

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
        var servers = await _broker.ListServersAsync(cancellationToken).ConfigureAwait(false);
        LimitArchives([.. servers.Where(server => server.Detail is null)]);
        foreach (var server in servers)
        {
            var shared = Shared(server);
            if (shared.Count > 0 && server.Info.ServerId != _identity.ServerId && _known.Add(server.Info.ServerId))
            {
                Warn(server, string.Join(", ", shared));
            }
        }

        return Interval;
    }

    private List<string> Shared(LiveServer server) => [.. _settings.QueueNames.Where(server.Info.Queues.ContainsKey)];

    private void LimitArchives(List<LiveServer> goServers)
    {
        var archive = _broker.Archive;
        archive.ShareWithGo(goServers.SelectMany(server => server.Info.Queues.Keys));
        if (_archiveRefused || !archive.ExceedsGo || goServers.Find(server => Shared(server).Count > 0) is not { } first)
        {
            return;
        }

        _archiveRefused = true;
        ServerLog.ArchiveLimitRefused(
            _logger,
            archive.MaxSize,
            first.Info.Host,
            first.Info.Pid,
            string.Join(", ", Shared(first)),
            ArchiveLimits.GoMaxSize);
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
