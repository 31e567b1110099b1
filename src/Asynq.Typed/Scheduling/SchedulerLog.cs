using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Scheduling;

/// <summary>What schedulers log.</summary>
internal static partial class SchedulerLog
{
    [LoggerMessage(1, LogLevel.Information, "Scheduler {SchedulerId} started with {Entries} entries")]
    internal static partial void Started(ILogger logger, string schedulerId, int entries);

    [LoggerMessage(2, LogLevel.Information, "Scheduler {SchedulerId} stopped")]
    internal static partial void Stopped(ILogger logger, string schedulerId);

    [LoggerMessage(3, LogLevel.Information, "Entry {EntryId} registered: task {Type} at '{Schedule}', next at {Next}")]
    internal static partial void Registered(ILogger logger, string entryId, string type, string schedule, DateTimeOffset? next);

    [LoggerMessage(4, LogLevel.Warning,
        "Entry {EntryId} never ticks: no date within five years matches '{Schedule}' of task {Type}")]
    internal static partial void NeverTicks(ILogger logger, string entryId, string schedule, string type);

    [LoggerMessage(5, LogLevel.Information, "Entry {EntryId} unregistered: task {Type}")]
    internal static partial void Unregistered(ILogger logger, string entryId, string type);

    [LoggerMessage(6, LogLevel.Debug, "Task {Type} enqueued as {TaskId} in {Queue} for the tick of {DueAt}")]
    internal static partial void Enqueued(ILogger logger, string type, string taskId, string queue, DateTimeOffset dueAt);

    [LoggerMessage(7, LogLevel.Error, "The tick of {DueAt} of task {Type} met an error")]
    internal static partial void TickFailed(ILogger logger, string type, DateTimeOffset dueAt, Exception exception);

    [LoggerMessage(8, LogLevel.Error, "The error handler for task {Type} threw")]
    internal static partial void ErrorHandlerFailed(ILogger logger, string type, Exception exception);

    [LoggerMessage(9, LogLevel.Warning, "The enqueue of task {TaskId} is missing in its entry's history")]
    internal static partial void RecordFailed(ILogger logger, string taskId, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "Task {Type} missed ticks up to {Newest}; by its policy, {Policy}, {Enqueued} are made up for")]
    internal static partial void Missed(ILogger logger, string type, DateTimeOffset newest, MisfirePolicy policy, int enqueued);

    [LoggerMessage(11, LogLevel.Error, "The scheduler's {Part} failed and will be tried again; {HeldBack} more like it since it was last told")]
    internal static partial void PassFailed(ILogger logger, string part, int heldBack, Exception exception);

    [LoggerMessage(12, LogLevel.Error, "Redis cannot be used: {Reason} The scheduler tries again until it can")]
    internal static partial void Unreachable(ILogger logger, string reason);

    [LoggerMessage(13, LogLevel.Warning, "The scheduler's entries or their history could not be removed from Redis; they expire by themselves")]
    internal static partial void ClearFailed(ILogger logger, Exception exception);

    [LoggerMessage(14, LogLevel.Error, "Periodic tasks of {Provider} could not be read; the entries that it gave before stay")]
    internal static partial void SyncFailed(ILogger logger, string provider, Exception exception);

    [LoggerMessage(15, LogLevel.Information, "Periodic tasks of {Provider} changed: {Added} added, {Removed} removed")]
    internal static partial void Synced(ILogger logger, string provider, int added, int removed);

    [LoggerMessage(16, LogLevel.Error, "A periodic task of {Provider} is left out: {Reason}")]
    internal static partial void LeftOut(ILogger logger, string provider, string reason);

    [LoggerMessage(17, LogLevel.Warning, "Something that was told to end, as the scheduler stops, threw")]
    internal static partial void CancellationFailed(ILogger logger, Exception exception);

    [LoggerMessage(18, LogLevel.Warning, "The scheduler stops without waiting any longer for its {Part}, which has not ended")]
    internal static partial void StillRuns(ILogger logger, string part);

    [LoggerMessage(19, LogLevel.Error,
        "Changes of {Provider} cannot be followed: its change token threw. It is asked at the interval only")]
    internal static partial void ChangesNotFollowed(ILogger logger, string provider, Exception exception);

    [LoggerMessage(20, LogLevel.Warning,
        "Periodic tasks of {Provider} have been asked for {SyncInterval} ago, and have not come; the entries that it gave before stay")]
    internal static partial void NoAnswer(ILogger logger, string provider, TimeSpan syncInterval);

    [LoggerMessage(21, LogLevel.Error,
        "The tick of {DueAt} of task {Type} waits for Redis and will be tried again; {HeldBack} more failures like it since it was last told")]
    internal static partial void TickWaits(ILogger logger, string type, DateTimeOffset dueAt, int heldBack, Exception exception);
}
