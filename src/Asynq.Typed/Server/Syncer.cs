using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Repeats final writes that failed, every sync interval until Redis answers, and once more at shutdown. A write that comes
/// too late does no harm: it is fenced, and its answer is then <em>lost</em>.
/// </summary>
internal sealed class Syncer : IServerComponent
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(30);

    private readonly ActiveTasks _active;
    private readonly ILogger _logger;
    private readonly TimeSpan _interval;
    private readonly BackgroundLoop _loop;
    private readonly LogLimiter _failures;
    private readonly Lock _lock = new();
    private List<FinalWrite> _waiting = [];
    private int _unwritten;

    internal Syncer(ServerSettings settings, ActiveTasks active, TimeProvider time, ILogger logger)
    {
        _active = active;
        _logger = logger;
        _failures = new LogLimiter(time, LogInterval);
        _interval = settings.Options.SyncInterval;
        _loop = new BackgroundLoop(nameof(Syncer), time, logger, _interval, StepAsync);
    }

    /// <summary>How many writes wait.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>How many writes have neither been answered nor been given up; also while they are being repeated.</summary>
    internal int Unwritten => Volatile.Read(ref _unwritten);

    /// <summary>Called when a write was answered.</summary>
    internal Action Written { get; set; } = static () => { };

    public void Start() => _loop.Start();

    /// <summary>Takes over a write that failed.</summary>
    internal void Add(FinalWrite write)
    {
        Interlocked.Increment(ref _unwritten);
        lock (_lock)
        {
            _waiting.Add(write);
        }
    }

    /// <summary>To be called when nothing adds any more.</summary>
    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        await _loop.StopAsync().ConfigureAwait(false);
        foreach (var write in await SendAllAsync().ConfigureAwait(false))
        {
            var message = write.Attempt.Message;
            ServerLog.FinalWriteGivenUp(_logger, message.Id, message.Type, message.Queue, write.Ending);
            _active.Remove(write.Attempt);
            Interlocked.Decrement(ref _unwritten);
        }
    }

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        var failed = await SendAllAsync().ConfigureAwait(false);
        lock (_lock)
        {
            _waiting.AddRange(failed);
        }

        return _interval;
    }

    /// <summary>Sends what waits. Returns what could not be sent, and leaves nothing waiting.</summary>
    private async Task<List<FinalWrite>> SendAllAsync()
    {
        List<FinalWrite> writes;
        lock (_lock)
        {
            (writes, _waiting) = (_waiting, []);
        }

        // Together: a Redis that does not answer is waited for once, not once for each.
        var errors = await Task.WhenAll(writes.Select(SendAsync)).ConfigureAwait(false);
        var failed = writes.Where((_, at) => errors[at] is not null).ToList();
        if (failed.Count > 0 && _failures.TryPass(out var heldBack))
        {
            ServerLog.SyncFailed(_logger, failed.Count, heldBack, errors.First(error => error is not null)!);
        }

        return failed;
    }

    /// <summary>Sends one write. Returns what kept it from being sent.</summary>
    private async Task<Exception?> SendAsync(FinalWrite write)
    {
        try
        {
            // Without a token of the loop's: what ended the attempt, or ends the server, must not end this.
            Answered(write, await write.SendAsync(CancellationToken.None).ConfigureAwait(false));
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private void Answered(FinalWrite write, LeaseOutcome outcome)
    {
        _active.Remove(write.Attempt);
        Interlocked.Decrement(ref _unwritten);
        Written();
        var message = write.Attempt.Message;
        if (outcome == LeaseOutcome.Lost)
        {
            ServerLog.FinalWriteLost(_logger, message.Id, message.Type, message.Queue, write.Ending);
        }
        else
        {
            ServerLog.FinalWriteRepeated(_logger, message.Id, message.Type, message.Queue, write.Ending);
        }
    }
}
