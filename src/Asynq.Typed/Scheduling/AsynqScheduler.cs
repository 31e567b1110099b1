using Asynq.Typed.Redis;
using Asynq.Typed.Scheduling;
using Asynq.Typed.Transforms;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Asynq.Typed;

/// <summary>
/// Enqueues tasks by schedule. Any number of schedulers may have the same entries: each tick is enqueued once, by the first.
/// <c>AddScheduler()</c> registers it, and the host starts and stops it; <c>Connect</c> makes one without a container. Safe for
/// concurrent use.
/// </summary>
public sealed partial class AsynqScheduler : IAsyncDisposable, IDisposable
{
    private readonly Func<CancellationToken, ValueTask<Broker>> _connect;
    private readonly BrokerSource? _owned;
    private readonly AsynqSchedulerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EntryTable _entries;
    private readonly SchedulerLoop _loop;
    private readonly List<PeriodicTaskSync> _syncs = [];
    private readonly Lock _lock = new();
    private bool _started;
    private Task? _stopped;

    internal AsynqScheduler(
        Func<CancellationToken, ValueTask<Broker>> connect,
        AsynqSchedulerOptions options,
        TimeProvider time,
        ILogger logger,
        TransformChain? transforms = null,
        BrokerSource? owned = null,
        bool followsRedisClock = true)
    {
        var faults = options.Faults().ToList();
        if (faults.Count > 0)
        {
            throw new ArgumentException($"{nameof(AsynqSchedulerOptions)}.{string.Join(' ', faults)}", nameof(options));
        }

        _connect = connect;
        _owned = owned;
        _options = options;
        _time = time;
        _logger = new GuardedLogger(logger);
        var chain = transforms ?? TransformChain.None;
        _entries = new EntryTable(options.TimeZone, chain, _logger);
        _loop = new SchedulerLoop(connect, _entries, options, chain, time, _logger, followsRedisClock);
    }

    /// <summary>Makes a scheduler with a connection of its own. It is connected when it is started.</summary>
    /// <param name="connectionString">The Redis to use, such as <c>localhost:6379</c>.</param>
    /// <param name="options">How it works. Default: as its documentation says.</param>
    /// <param name="logger">Where it logs to. Default: nowhere.</param>
    /// <param name="transforms">What payloads go through, in the order in which it is applied. Default: nothing.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the transforms do not go together; the message names
    /// what it is.</exception>
    public static AsynqScheduler Connect(
        string connectionString,
        AsynqSchedulerOptions? options = null,
        ILogger<AsynqScheduler>? logger = null,
        IEnumerable<PayloadTransform>? transforms = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var chain = new TransformChain(transforms ?? []);
        logger ??= NullLogger<AsynqScheduler>.Instance;
        var guarded = new GuardedLogger(logger);
        var source = new BrokerSource(
            async ct => await RedisConnection.ConnectAsync(connectionString, guarded, ct).ConfigureAwait(false), TimeProvider.System);
        return new AsynqScheduler(
            source.GetAsync, options ?? new AsynqSchedulerOptions(), TimeProvider.System, logger, chain, source);
    }

    /// <summary>How this scheduler appears to others: host, process id and a random id.</summary>
    public string Id => _loop.Id;

    internal EntryTable Entries => _entries;

    internal SchedulerLoop Loop => _loop;

    /// <summary>Adds an entry, before the start or after it.</summary>
    /// <param name="schedule">When, see <see cref="PeriodicTask.Schedule"/>.</param>
    /// <param name="task">The payload, the same for every tick.</param>
    /// <param name="options">How to enqueue it. Default: as its type says.</param>
    /// <returns>The entry's id, which <see cref="Unregister"/> takes.</returns>
    /// <exception cref="ArgumentException">The schedule or an option is not valid; the message names it and the reason. Or an
    /// equal entry is registered.</exception>
    /// <exception cref="PayloadException">The value cannot be written.</exception>
    public string Register<T>(string schedule, T task, EnqueueOptions? options = null)
        where T : IAsynqTask<T> => Register(PeriodicTask.Create(schedule, task, options));

    /// <summary>Adds an entry, before the start or after it.</summary>
    /// <returns>The entry's id, which <see cref="Unregister"/> takes.</returns>
    /// <exception cref="ArgumentException">The schedule or an option is not valid; the message names it and the reason. Or an
    /// equal entry, or one of that name, is registered.</exception>
    public string Register(PeriodicTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        bool started;
        lock (_lock)
        {
            started = _started;
        }

        var entry = _entries.NewEntry(task, _loop.Now, catchesUp: !started);
        _entries.Add(entry);
        _loop.EntriesChanged();
        return entry.Id;
    }

    /// <summary>Removes an entry. A task that it has enqueued stays.</summary>
    /// <returns>Whether there was such an entry.</returns>
    public bool Unregister(string entryId)
    {
        ArgumentNullException.ThrowIfNull(entryId);
        var removed = _entries.Remove(entryId);
        _loop.EntriesChanged();
        return removed;
    }

    /// <summary>
    /// Starts the scheduler. If Redis cannot be reached, loads its data or looks for its primary, that is logged and tried again in
    /// the background until it is there. Providers are asked in the background, and one that fails is asked again.
    /// </summary>
    /// <exception cref="InvalidOperationException">The scheduler was started or stopped before, or no Redis is
    /// configured.</exception>
    /// <exception cref="RedisRefusedException">Redis refuses for a reason that does not go by itself, such as a wrong
    /// password.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_started || _stopped is not null)
            {
                throw new InvalidOperationException("The scheduler was started before: make a new one.");
            }

            _started = true;
        }

        try
        {
            await _connect(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFault.IsPassing(exception))
        {
            SchedulerLog.Unreachable(_logger, exception.Message);
        }

        SchedulerLog.Started(_logger, Id, _entries.All.Count);
        _loop.Start();
        _syncs.ForEach(sync => sync.Start());
    }

    /// <summary>
    /// Stops the scheduler: enqueues no more, waits for what is on its way, and removes its entries and their history from
    /// Redis. Does nothing if it was stopped before.
    /// </summary>
    /// <param name="cancellationToken">
    /// Ends the wait for hooks and providers that do not end. The entries and their history are removed all the same, which takes
    /// 5 seconds at most and one answer of Redis.
    /// </param>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return _stopped ??= _started ? StopOnceAsync(cancellationToken) : Task.CompletedTask;
        }
    }

    /// <summary>Asks Redis whether it answers.</summary>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    public async Task PingAsync(CancellationToken cancellationToken = default)
    {
        var broker = await _connect(cancellationToken).ConfigureAwait(false);
        await broker.PingAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops the scheduler, and closes its connection if that is its own.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (_owned is not null)
        {
            await _owned.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// As <see cref="DisposeAsync"/>, for a service provider that is disposed synchronously: the scheduler is stopped, but not
    /// waited for. The host has stopped it before.
    /// </summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        // Leaves the lock that this is called in before anything else.
        await Task.Yield();

        // All at once: a provider that does not end must not keep the entries in Redis.
        await Task.WhenAll([
            _loop.StopAsync(cancellationToken), .. _syncs.Select(sync => sync.StopAsync(cancellationToken))]).ConfigureAwait(false);
        SchedulerLog.Stopped(_logger, Id);
    }
}
