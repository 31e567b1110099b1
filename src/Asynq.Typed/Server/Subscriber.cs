using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Listens for cancellations and for hints that a queue has tasks. Both are hints only: a missed cancellation is found by the
/// next heartbeat, a missed hint by the next poll.
/// </summary>
internal sealed class Subscriber : IServerComponent
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan UnsubscribeTime = TimeSpan.FromSeconds(2);

    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly ActiveTasks _active;
    private readonly Action _wake;
    private readonly Action<string> _wakeForwarder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _loop;
    private readonly List<IAsyncDisposable> _subscriptions = [];

    internal Subscriber(
        Broker broker,
        ServerSettings settings,
        ActiveTasks active,
        Action wake,
        Action<string> wakeForwarder,
        TimeProvider time,
        ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _active = active;
        _wake = wake;
        _wakeForwarder = wakeForwarder;
        _time = time;
        _logger = logger;
        _loop = new BackgroundLoop(nameof(Subscriber), time, logger, LongestBackoff, SubscribeAsync);
    }

    public void Start() => _loop.Start();

    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        await _loop.StopAsync().ConfigureAwait(false);

        // What still comes is heard by nobody: a Redis that does not answer is not worth waiting for.
        await Task.WhenAll(_subscriptions.Select(EndAsync))
            .EndsWithinAsync(UnsubscribeTime, _time, cancellationToken).ConfigureAwait(false);
    }

    private async Task EndAsync(IAsyncDisposable subscription)
    {
        try
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ServerLog.UnsubscribeFailed(_logger, exception);
        }
    }

    /// <summary>Subscribes to what is not subscribed to yet; the connection renews it by itself from then on.</summary>
    private async Task<TimeSpan> SubscribeAsync(CancellationToken cancellationToken)
    {
        if (_subscriptions.Count == 0)
        {
            _subscriptions.Add(
                await _broker.SubscribeCancellationsAsync(_active.Cancel, cancellationToken).ConfigureAwait(false));
        }

        _subscriptions.Add(
            await _broker.SubscribeWakeAsync(_settings.QueueNames, _ => _wake(), _wakeForwarder, cancellationToken)
                .ConfigureAwait(false));

        // Tasks may have come before the subscription did.
        _wake();
        foreach (var queue in _settings.QueueNames)
        {
            _wakeForwarder(queue);
        }

        return Timeout.InfiniteTimeSpan;
    }
}
