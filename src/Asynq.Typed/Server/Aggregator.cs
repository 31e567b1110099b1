using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Looks through the groups for those that are due, and has their tasks aggregated. Each interval begins a check, of which a
/// few run at once, so that a slow aggregator does not hold up the other groups. Also gives the tasks of sets that nobody
/// finished back to their groups.
/// </summary>
internal sealed class Aggregator : IServerComponent
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(30);
    private const int MostChecks = 3;

    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly QueueLooks _looks;
    private readonly SetAggregation _sets;
    private readonly GroupBackoff _backoff;
    private readonly Neighbours _neighbours;
    private readonly bool _hasAggregators;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LogLimiter _limiter;
    private readonly BackgroundLoop _loop;
    private readonly Task[] _checks = [.. Enumerable.Repeat(Task.CompletedTask, MostChecks)];

    internal Aggregator(
        Broker broker,
        ServerSettings settings,
        QueueLooks looks,
        SetAggregation sets,
        GroupBackoff backoff,
        Neighbours neighbours,
        bool hasAggregators,
        TimeProvider time,
        ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _looks = looks;
        _sets = sets;
        _backoff = backoff;
        _neighbours = neighbours;
        _hasAggregators = hasAggregators;
        _time = time;
        _logger = logger;
        _limiter = new LogLimiter(time, LogInterval);
        _loop = new BackgroundLoop(nameof(Aggregator), time, logger, LongestInterval, StepAsync);
    }

    /// <summary>How often the groups are looked through.</summary>
    internal static TimeSpan IntervalFor(TimeSpan gracePeriod) => gracePeriod < LongestInterval ? gracePeriod : LongestInterval;

    public void Start() => _loop.Start();

    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        await _loop.StopAsync().ConfigureAwait(false);

        // Aggregators are told to end by now. One that does not is left to itself, and its set to the deadline.
        await Task.WhenAll(_checks)
            .EndsWithinAsync(_settings.Options.ShutdownTimeout, _time, cancellationToken)
            .ConfigureAwait(false);
    }

    private Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        _backoff.ForgetOld();
        var interval = IntervalFor(_settings.Options.GroupGracePeriod);
        var (queues, wait) = QueuesWithGroups(interval);
        var free = Array.FindIndex(_checks, check => check.IsCompleted);
        if (free >= 0 && queues.Count > 0)
        {
            _checks[free] = Task.Run(() => CheckAsync(queues, cancellationToken), CancellationToken.None);
        }

        return Task.FromResult(wait);
    }

    /// <summary>
    /// The queues but for those where a poll has just seen that nothing waits in groups or is being aggregated, and how long to
    /// wait until all are to be looked at again.
    /// </summary>
    private (IReadOnlyList<string> Queues, TimeSpan Wait) QueuesWithGroups(TimeSpan interval)
    {
        var queues = new List<string>();
        var wait = interval;
        foreach (var queue in _settings.QueueNames)
        {
            if (!_looks.TrySeen(queue, interval, out var look, out var rest) || look.HasGroups)
            {
                queues.Add(queue);
            }
            else if (rest < wait)
            {
                wait = rest;
            }
        }

        return (queues, wait);
    }

    private async Task CheckAsync(IReadOnlyList<string> queues, CancellationToken cancellationToken)
    {
        foreach (var queue in queues)
        {
            try
            {
                await CheckAsync(queue, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Report(queue, exception);
            }
        }
    }

    private async Task CheckAsync(string queue, CancellationToken cancellationToken)
    {
        await _broker.ReclaimStaleAggregationSetsAsync(queue, cancellationToken).ConfigureAwait(false);
        if (!_hasAggregators && await _neighbours.MayAggregateAsync(queue).ConfigureAwait(false))
        {
            return;
        }

        // Of a group that is full several times over, each set takes but one filling.
        var sets = 0;
        do
        {
            sets = 0;
            foreach (var group in await _broker.ListGroupsAsync(queue, cancellationToken).ConfigureAwait(false))
            {
                sets += await CheckAsync(queue, group, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }
        }
        while (sets > 0 && _settings.Options.GroupMaxSize > 0);
    }

    /// <returns>Whether the group was due and its tasks were aggregated.</returns>
    private async Task<bool> CheckAsync(string queue, string group, CancellationToken cancellationToken)
    {
        var options = _settings.Options;
        var setId = await _broker
            .AggregationCheckAsync(
                queue, group, options.GroupGracePeriod, options.GroupMaxDelay, options.GroupMaxSize, cancellationToken)
            .ConfigureAwait(false);
        return setId is not null && await _sets.RunAsync(queue, group, setId, cancellationToken).ConfigureAwait(false);
    }

    private void Report(string queue, Exception exception)
    {
        if (_limiter.TryPass(out var heldBack))
        {
            ServerLog.GroupsFailed(_logger, queue, heldBack, exception);
        }
    }
}
