namespace Asynq.Typed.Server;

/// <summary>
/// The server's slots, and the attempts of which Redis does not know the end yet. A slot is free once its final write is sent,
/// so that the next fetch need not wait for the answer: it travels behind the write.
/// </summary>
/// <param name="count">How many attempts run at once.</param>
internal sealed class Slots(int count)
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;
    // One for the processor itself: as long as it may start attempts, the server is not idle.
    private int _unsettled = 1;

    /// <summary>Called when slots were freed.</summary>
    internal Action Freed { get; set; } = static () => { };

    /// <summary>
    /// How many tasks may be fetched. Where Redis is slow to answer final writes, those that are on their way are limited too.
    /// </summary>
    internal int Free =>
        Math.Max(0, Math.Min(count - Volatile.Read(ref _taken), (2 * count) - Volatile.Read(ref _unsettled) + 1));

    /// <summary>How many attempts Redis does not know the end of.</summary>
    internal int Unsettled => Math.Max(0, Volatile.Read(ref _unsettled) - 1);

    /// <summary>Completes when every attempt has ended, and no further one can begin.</summary>
    internal Task Idle => _idle.Task;

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
        else if (left + settled > 2 * count)
        {
            // Writes on their way, not slots, were what kept tasks from being fetched.
            Freed();
        }
    }
}
