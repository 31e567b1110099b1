namespace Asynq.Typed.Torture.Tasks;

/// <summary>A task that behaves as it is told to.</summary>
/// <param name="Way">One of <see cref="Ways"/>.</param>
/// <param name="Milliseconds">How long an attempt that succeeds takes.</param>
/// <param name="Failures">How many attempts do not succeed before one does.</param>
[AsynqTask("torture:chore", MaxRetry = TaskTypes.MaxRetry, TimeoutSeconds = 60)]
public sealed partial record Chore(string Way, int Milliseconds, int Failures);

/// <summary>A task of which there is one for each key at a time.</summary>
[AsynqTask("torture:sole", MaxRetry = TaskTypes.MaxRetry, UniqueForSeconds = TaskTypes.UniqueForSeconds)]
public sealed partial record Sole(string Key);

/// <summary>A task that waits in a group until it becomes part of a <see cref="Bundle"/>.</summary>
[AsynqTask("torture:piece", MaxRetry = TaskTypes.MaxRetry)]
public sealed partial record Piece(string Id);

/// <summary>What the tasks of a group become.</summary>
[AsynqTask("torture:bundle", MaxRetry = TaskTypes.MaxRetry)]
public sealed partial record Bundle(List<string> Ids);

/// <summary>What the schedulers enqueue.</summary>
[AsynqTask("torture:tick", MaxRetry = TaskTypes.MaxRetry)]
public sealed partial record Tick(string Entry);

internal static class TaskTypes
{
    /// <summary>Crashes count as failures, and here are many: none of these tasks may run out of retries.</summary>
    public const int MaxRetry = 1_000;

    /// <summary>Longer than a run: a lock that is there at the end has leaked.</summary>
    public const int UniqueForSeconds = 4 * 60 * 60;

    public const string Chore = "torture:chore";
}

/// <summary>How a <see cref="Chore"/> behaves on the attempts that are not to succeed; after them all are plain.</summary>
internal static class Ways
{
    public const string Plain = "plain";
    public const string Result = "result";

    /// <summary>Takes three times as long when it was taken over: the one that lost it may wake meanwhile.</summary>
    public const string Slow = "slow";
    public const string Throw = "throw";
    public const string Skip = "skip";

    /// <summary>Waits until its token is cancelled, which its timeout does.</summary>
    public const string Hang = "hang";

    /// <summary>Blocks its thread, whatever its token says, for longer than its timeout and the server's patience.</summary>
    public const string Deaf = "deaf";

    /// <summary>Blocks its thread for as long as its process lives.</summary>
    public const string StoneDeaf = "stone-deaf";

    /// <summary>Takes all the memory that its process may have, and keeps it.</summary>
    public const string Hungry = "hungry";

    /// <summary>Kills its process once the task is fetched, before its handler is called.</summary>
    public const string DieBefore = "die-before";

    /// <summary>Kills its process in its handler.</summary>
    public const string DieWithin = "die-within";

    /// <summary>Kills its process when its handler has done its work, before Redis is told.</summary>
    public const string DieAfter = "die-after";
}
