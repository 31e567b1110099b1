using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Gives back, once no more is fetched, what fetches have leased whose answers never came: no later fetch gets them, and the
/// recoverer of another server would count a failure. As often as it takes until Redis answers.
/// </summary>
internal sealed class UnansweredFetches
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    private readonly Broker _broker;
    private readonly ServerSettings _settings;
    private readonly AttemptRunner _runner;
    private readonly Func<Task> _endFetches;
    private readonly TimeProvider _time;
    private readonly BackgroundLoop _loop;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _started;

    /// <param name="broker">Where they are leased.</param>
    /// <param name="settings">For how long.</param>
    /// <param name="runner">Gives them back.</param>
    /// <param name="endFetches">Completes when no fetch is going on any longer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where failures are reported.</param>
    internal UnansweredFetches(
        Broker broker, ServerSettings settings, AttemptRunner runner, Func<Task> endFetches, TimeProvider time, ILogger logger)
    {
        _broker = broker;
        _settings = settings;
        _runner = runner;
        _endFetches = endFetches;
        _time = time;
        _loop = new BackgroundLoop("Return of tasks whose fetch was not answered", time, logger, LongestBackoff, StepAsync);
    }

    internal void Start()
    {
        if (!Interlocked.Exchange(ref _started, true))
        {
            _loop.Start();
        }
    }

    /// <summary>Waits until all are given back, but not for longer than a limit; then tries no more.</summary>
    internal async Task EndAsync(TimeSpan limit)
    {
        await _done.Task.EndsWithinAsync(limit, _time).ConfigureAwait(false);
        _loop.RequestStop();
    }

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        await _endFetches().WaitAsync(cancellationToken).ConfigureAwait(false);
        for (var queues = _broker.UnansweredQueues; queues.Count > 0; queues = _broker.UnansweredQueues)
        {
            await Task.WhenAll(queues.Select(GiveBackAsync)).ConfigureAwait(false);
        }

        _done.TrySetResult();
        return Timeout.InfiniteTimeSpan;
    }

    private async Task GiveBackAsync(string queue)
    {
        // Without a token: what is leased anew must be given back, too.
        var tasks = await _broker.ReclaimAsync(queue, _settings.Options.LeaseDuration, CancellationToken.None).ConfigureAwait(false);
        _runner.GiveBack(tasks);
    }
}
