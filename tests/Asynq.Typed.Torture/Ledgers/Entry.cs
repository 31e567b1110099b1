namespace Asynq.Typed.Torture.Ledgers;

/// <summary>What a line of a ledger says. Behind it come the task's id and the fields named here.</summary>
internal enum Entry
{
    /// <summary>Is about to be enqueued: kind, queue, unique key or nothing.</summary>
    Intent,

    /// <summary>Redis has it.</summary>
    Accepted,

    /// <summary>Redis does not have it: reason.</summary>
    Refused,

    /// <summary>The answer was lost: reason.</summary>
    Unknown,

    /// <summary>A handler begins: run, retry count, tick time or nothing.</summary>
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

    /// <summary>A fault begins: who or what it is done to, detail. The id is the fault's.</summary>
    Fault,

    /// <summary>A fault is over. The id is the fault's.</summary>
    Healed,
}

internal static class Ends
{
    public const string Ok = "ok";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    public const string Skipped = "skipped";
}
