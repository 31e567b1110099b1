namespace Asynq.Typed.Server;

/// <summary>
/// The server's slots, and the attempts of which Redis does not know the end yet. A slot is free once its final write is sent,
/// so that the next fetch need not wait for the answer: it travels behind the write.
/// </summary>
/// <param name="count">How many attempts run at once.</param>
internal sealed class Slots(int count)
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reserving = new();
    private int _taken;
    private int _reserved;
    // One for the processor itself: as long as it may start attempts, the server is not idle.
    private int _unsettled = 1;

    /// <summary>Called when slots were freed.</summary>
    internal Action Freed { get; set; } = static () => { };

    /// <summary>How many attempts have ended whose final writes failed and are repeated.</summary>
    internal Func<int> Unwritten { get; set; } = static () => 0;

    /// <summary>How many attempts Redis is being told the end of, or that have not ended.</summary>
    internal int Unsettled => Math.Max(0, Volatile.Read(ref _unsettled) - 1);

    /// <summary>Completes when every attempt has ended, and no further one can begin.</summary>
    internal Task Idle => _idle.Task;

    private long MostUnsettled => 2L * count;

    /// <summary>
    /// Sets free slots aside for tasks that are about to be fetched. Where Redis is slow to answer final writes, or refuses them,
    /// those are limited too.
    /// </summary>
    /// <returns>How many, at most <paramref name="most"/>. Each is to be given back, whether or not a task takes its place.</returns>
    internal int Reserve(int most)
    {
        lock (_reserving)
        {
            var reserved = Volatile.Read(ref _reserved);
            var slots = (long)count - Volatile.Read(ref _taken) - reserved;
            var writes = MostUnsettled - Unsettled - Unwritten() - reserved;
            var free = (int)Math.Clamp(Math.Min(slots, writes), 0, most);
            Interlocked.Add(ref _reserved, free);
            return free;
        }
    }

    /// <summary>Gives reserved slots back. Those that tasks take are taken before that.</summary>
    internal void Unreserve(int reserved) => Interlocked.Add(ref _reserved, -reserved);

    internal void Take()
    {
        Interlocked.Increment(ref _taken);
        Interlocked.Increment(ref _unsettled);
    }

    /// <summary>Frees slots together, so that one fetch fills them.</summary>
    internal void Release(int released)
    {
        if (released > 0)
        {
            Interlocked.Add(ref _taken, -released);
            Freed();
        }
    }

    /// <summary>Attempts have ended for good; or, at the end, the processor has.</summary>
    internal void Settle(int settled)
    {
        if (settled == 0)
        {
            return;
        }

        var left = Interlocked.Add(ref _unsettled, -settled);
        if (left == 0)
        {
            _idle.TrySetResult();
        }
        else if ((long)left + settled > MostUnsettled)
        {
            // Writes on their way, not slots, were what kept tasks from being fetched.
            Freed();
        }
    }
}
