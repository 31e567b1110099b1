using Google.Protobuf;

namespace Asynq.Typed.Redis;

/// <summary>Where a new task is put.</summary>
internal enum EnqueueKind
{
    /// <summary>Ready for a worker.</summary>
    Pending,

    /// <summary>Due later.</summary>
    Scheduled,

    /// <summary>Into its group.</summary>
    Grouped,
}

/// <summary>One task to be added, alone or in a batch.</summary>
/// <param name="Message">The task. Not to be changed from now on.</param>
/// <param name="Kind">Where it is put.</param>
/// <param name="ProcessAt">When a scheduled one is due.</param>
internal sealed record EnqueueItem(TaskMessage Message, EnqueueKind Kind, DateTimeOffset? ProcessAt)
{
    private byte[]? _encoded;

    // A copy may have another message, which is not encoded yet.
    private EnqueueItem(EnqueueItem other)
    {
        (Message, Kind, ProcessAt) = (other.Message, other.Kind, other.ProcessAt);
        (LockTtl, Tick) = (other.LockTtl, other.Tick);
    }

    /// <summary>
    /// How long its lock, <c>Message.UniqueKey</c>, is held, the time until it is due included; <c>null</c> where it need
    /// not be unique. Whole seconds; fractions are cut.
    /// </summary>
    internal TimeSpan? LockTtl { get; init; }

    /// <summary>The key that marks a scheduler's tick as enqueued (<see cref="QueueKeys.Tick"/>); empty for none.</summary>
    internal string Tick { get; init; } = "";

    /// <summary>The message as it is stored, made once.</summary>
    internal byte[] Encoded => _encoded ??= Message.ToByteArray();

    /// <summary>Whether it is pending and neither unique nor of a tick, as most are.</summary>
    internal bool IsPlain => Kind == EnqueueKind.Pending && LockTtl is null && Tick.Length == 0;

    internal static EnqueueItem Pending(TaskMessage message) => new(message, EnqueueKind.Pending, null);

    internal static EnqueueItem Scheduled(TaskMessage message, DateTimeOffset processAt) =>
        new(message, EnqueueKind.Scheduled, processAt);

    internal static EnqueueItem Grouped(TaskMessage message) => new(message, EnqueueKind.Grouped, null);
}

/// <summary>What became of one task of a batch.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Error">Why, where the outcome is <see cref="EnqueueOutcome.Failed"/>.</param>
internal readonly record struct EnqueueReply(EnqueueOutcome Outcome, Exception? Error);
