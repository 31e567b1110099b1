namespace Asynq.Typed.Torture.Ledgers;

/// <summary>What a line of a ledger says. Behind it come the task's id and the fields named here.</summary>
internal enum Entry
{
    /// <summary>Is about to be enqueued: kind, queue, unique key or nothing, due time (microseconds since 1970) or nothing.</summary>
    Intent,

    /// <summary>Redis has it: <see cref="Confirmed.ByReplicas"/> where all replicas said that they have it too.</summary>
    Accepted,

    /// <summary>Redis does not have it: reason, one of <see cref="Refusals"/>.</summary>
    Refused,

    /// <summary>The answer was lost: reason.</summary>
    Unknown,

    /// <summary>A handler begins: run, retry count, tick time or nothing, queue.</summary>
    Start,

    /// <summary>Redis says whose the task is: run, owner, lease expiry (Unix s).</summary>
    Hold,

    /// <summary>Redis says that the task is not, or no longer, the run's: run, what was seen.</summary>
    Usurped,

    /// <summary>The run's token was cancelled: run.</summary>
    Told,

    /// <summary>The handler is about to return or throw: run, one of <see cref="Ends"/>.</summary>
    End,

    /// <summary>A result was written: run, whether Redis took it, when the attempt began (microseconds since 1970).</summary>
    Result,

    /// <summary>The tasks that a run's bundle is made of: run, ids with commas between them.</summary>
    Members,

    /// <summary>The process was given no processor: since when (microseconds since 1970). The id is the process.</summary>
    Starved,

    /// <summary>Redis took no write of the process: queue, since when (microseconds since 1970). The id is the process.</summary>
    CutOff,

    /// <summary>The process kills itself, as a task asks it to. The id is the process.</summary>
    Died,

    /// <summary>A fault begins: who or what it is done to, detail. The id is the fault's.</summary>
    Fault,

    /// <summary>A fault is over. The id is the fault's.</summary>
    Healed,
}

/// <summary>Why a task was refused.</summary>
internal static class Refusals
{
    /// <summary>By the rules: it is a duplicate.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>For a reason that somebody must do something about: no memory.</summary>
    public const string ForGood = "for good";

    /// <summary>For a reason that passes, and that is waited for: no connection, a failover, a slot that moves.</summary>
    public const string Passing = "passing";
}

internal static class Ends
{
    public const string Ok = "ok";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    public const string Skipped = "skipped";
}

internal static class Confirmed
{
    public const string ByReplicas = "confirmed";
}
