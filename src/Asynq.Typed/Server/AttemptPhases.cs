namespace Asynq.Typed.Server;

/// <summary>What has been done at the end of an attempt.</summary>
[Flags]
internal enum AttemptPhases
{
    None = 0,

    /// <summary>Its final write is on its way to Redis, or there is none.</summary>
    Sent = 1,

    /// <summary>Redis knows its end, or the syncer has taken over.</summary>
    Answered = 2,

    /// <summary>What its handler used is disposed of, or nobody waits for that any longer.</summary>
    CleanedUp = 4,

    /// <summary>How it ended has been handed over, to be told to Redis.</summary>
    HandedOver = 8,

    /// <summary>Redis knows its end, or nobody tries any longer to tell.</summary>
    Known = 16,

    /// <summary>What its handler used is being disposed of.</summary>
    CleaningUp = 32,

    /// <summary>Another attempt may run in its place.</summary>
    Freed = Sent | CleanedUp,

    /// <summary>Nothing is left to wait for.</summary>
    Settled = Answered | CleanedUp,

    /// <summary>Nothing is left to watch over.</summary>
    Gone = Known | CleanedUp,
}

internal static class AttemptPhasesExtensions
{
    /// <summary>Whether what has just been done was the last that <paramref name="state"/> takes.</summary>
    internal static bool IsCompletedBy(this AttemptPhases before, AttemptPhases done, AttemptPhases state) =>
        (before & state) != state && ((before | done) & state) == state;
}
