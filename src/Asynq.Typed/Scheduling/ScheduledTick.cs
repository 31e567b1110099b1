namespace Asynq.Typed;

/// <summary>One tick of a scheduler's entry, as hooks see it.</summary>
public sealed class ScheduledTick
{
    internal ScheduledTick(string entryId, PeriodicTask task, DateTimeOffset dueAt)
    {
        EntryId = entryId;
        Task = task;
        DueAt = dueAt;
    }

    /// <summary>The id of the entry, as <see cref="AsynqScheduler.Register(PeriodicTask)"/> gave it.</summary>
    public string EntryId { get; }

    /// <summary>What is enqueued.</summary>
    public PeriodicTask Task { get; }

    /// <summary>The time that the schedule names, in UTC.</summary>
    public DateTimeOffset DueAt { get; }
}
