using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>
/// Sees to it that handlers that block their threads keep neither other handlers nor the server's own work waiting. The pool
/// gives a process as many threads as it has processors, and from then on one or two in each second: where handlers block,
/// tasks start late, and what extends their leases stands in the same line. So while tasks run, a thread of its own, which
/// waits for none of the pool's, asks the pool for a sign; if it has to wait too long, it raises the pool's minimum to one thread for
/// each task that may run, and one for each processor. At once, because leases run out while small steps are made; and
/// it costs little where no work waits, as the minimum only says how many threads the pool makes without hesitating.
/// </summary>
/// <param name="concurrency">How many tasks the server runs at once.</param>
/// <param name="slots">Whether any run.</param>
/// <param name="logger">Where it is said, once.</param>
internal sealed class PoolWatch(int concurrency, Slots slots, ILogger logger) : IServerComponent
{
    /// <summary>A pool that gives no sign of life for this long has too few threads.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // Counted in parts: a machine that slept meanwhile has lost one of them, and the pool may answer in the others.
    private const int Parts = 5;

    // The pool is the process', and several servers may run in it: what they need adds up.
    private static readonly Lock Pool = new();
    private static long s_wanted;

    private readonly object _gate = new();
    private bool _hasAnswered;
    private bool _isStopped;
    private bool _hasRaised;

    public void Start() => new Thread(Watch) { IsBackground = true, Name = "asynq pool watch" }.UnsafeStart();

    /// <summary>The minimum stays as it is, but what the next server of this process needs is no longer added to it.</summary>
    public Task ShutdownAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_hasRaised && !_isStopped)
            {
                Interlocked.Add(ref s_wanted, -concurrency);
            }

            _isStopped = true;
            Monitor.PulseAll(_gate);
        }

        return Task.CompletedTask;
    }

    private void Watch()
    {
        lock (_gate)
        {
            while (!_isStopped && !_hasRaised)
            {
                Monitor.Wait(_gate, Interval);
                if (slots.Unsettled > 0 && !Answers())
                {
                    _hasRaised = true;
                    Raise();
                }
            }
        }
    }

    /// <summary>Whether the pool answers in time, or need not any longer.</summary>
    private bool Answers()
    {
        _hasAnswered = false;
        ThreadPool.UnsafeQueueUserWorkItem(static watch => watch.Answer(), this, preferLocal: false);
        for (var part = 0; part < Parts && !_hasAnswered && !_isStopped; part++)
        {
            Monitor.Wait(_gate, LongestWait / Parts);
        }

        return _hasAnswered || _isStopped;
    }

    private void Answer()
    {
        lock (_gate)
        {
            _hasAnswered = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Raise()
    {
        int before;
        int after;
        lock (Pool)
        {
            ThreadPool.GetMinThreads(out before, out var completionPorts);
            ThreadPool.GetMaxThreads(out var most, out _);
            var wanted = Interlocked.Add(ref s_wanted, concurrency) + Environment.ProcessorCount;
            after = (int)Math.Min(most, Math.Max(before, wanted));
            if (!ThreadPool.SetMinThreads(after, completionPorts))
            {
                after = before;
            }
        }

        ServerLog.PoolStarved(logger, LongestWait, before, after);
    }
}
