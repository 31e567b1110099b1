namespace Asynq.Typed.Server;

/// <summary>How an attempt ends for its task.</summary>
internal enum Ending
{
    /// <summary>Done: deleted, or completed where it has a retention.</summary>
    Done,

    /// <summary>Done, without a trace even where it has a retention.</summary>
    Revoked,

    /// <summary>It waits for its next attempt.</summary>
    Retry,

    /// <summary>It waits, because it could not run: no attempt is spent, and nothing failed.</summary>
    Defer,

    /// <summary>It is archived.</summary>
    Archive,

    /// <summary>It goes back to the head of its queue, as if it had not been fetched.</summary>
    Requeue,

    /// <summary>Nothing is written: the task is somebody else's.</summary>
    Abandon,
}

/// <summary>How an attempt ends for its task, and why.</summary>
/// <param name="Ending">What happens to the task.</param>
/// <param name="Error">Why it failed or was deferred; <c>null</c> where it was done.</param>
/// <param name="Delay">For a retry or deferral: how long it waits.</param>
/// <param name="IsFailure">For a retry: whether it counts as one.</param>
internal sealed record Verdict(Ending Ending, Exception? Error = null, TimeSpan Delay = default, bool IsFailure = true)
{
    /// <summary>What failed the attempt; <c>null</c> where nothing did.</summary>
    internal Exception? Failure => Ending == Ending.Defer ? null : Error;

    internal static readonly Verdict Done = new(Ending.Done);

    internal static readonly Verdict Requeue = new(Ending.Requeue);

    internal static readonly Verdict Abandoned = new(Ending.Abandon);

    /// <summary>Whether the attempt failed, as figures see it.</summary>
    internal bool CountsAsFailure => Ending is Ending.Archive or Ending.Abandon || (Ending == Ending.Retry && IsFailure);
}
