using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server;

/// <summary>What a server writes to the log. Event ids are frozen: users filter by them.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "Server {ServerId} started: concurrency {Concurrency}, queues {Queues}, handling {Types}")]
    internal static partial void Started(ILogger logger, string serverId, int concurrency, string queues, string types);

    [LoggerMessage(2, LogLevel.Information, "Server stopped: it takes no new tasks")]
    internal static partial void Stopped(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "Server shut down")]
    internal static partial void Closed(ILogger logger);

    [LoggerMessage(4, LogLevel.Error, "{Reason} The server tries again; {HeldBack} earlier attempts were not logged")]
    internal static partial void Unreachable(ILogger logger, string reason, int heldBack, Exception? exception);

    [LoggerMessage(5, LogLevel.Warning, "Queue '{Queue}' has a weight of 0 or less and is left out")]
    internal static partial void QueueIgnored(ILogger logger, string queue);

    [LoggerMessage(6, LogLevel.Critical, "The server cannot run")]
    internal static partial void CannotRun(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "{Loop} failed and goes on; {HeldBack} earlier failures were not logged")]
    internal static partial void LoopFailed(ILogger logger, string loop, int heldBack, Exception exception);

    [LoggerMessage(11, LogLevel.Information, "{Loop} works again after {Failures} failures in a row")]
    internal static partial void LoopRecovered(ILogger logger, string loop, int failures);

    [LoggerMessage(20, LogLevel.Error, "Tasks of queue '{Queue}' could not be fetched; {HeldBack} earlier failures were not logged")]
    internal static partial void QueueFailed(ILogger logger, string queue, int heldBack, Exception exception);

    [LoggerMessage(21, LogLevel.Warning, "{Count} ids in queue '{Queue}' had no task and were dropped")]
    internal static partial void IdsDropped(ILogger logger, int count, string queue);

    [LoggerMessage(22, LogLevel.Error, "Task {TaskId} in queue '{Queue}' cannot be decoded and was archived as it is")]
    internal static partial void Quarantined(ILogger logger, string taskId, string queue);

    [LoggerMessage(23, LogLevel.Information, "Tasks of queue '{Queue}' can be fetched again after {Failures} failures in a row")]
    internal static partial void QueueRecovered(ILogger logger, string queue, int failures);

    [LoggerMessage(30, LogLevel.Warning, "Task {TaskId} ({Type}, queue '{Queue}') failed, attempt {Retried} of {MaxRetry} retries: {Ending}")]
    internal static partial void AttemptFailed(
        ILogger logger, string taskId, string type, string queue, int retried, int maxRetry, Ending ending, Exception exception);

    [LoggerMessage(31, LogLevel.Warning, "The handler of task {TaskId} ({Type}, queue '{Queue}') was told to end ({Reason}) and has not for {Time}; its slot is given to another task")]
    internal static partial void HandlerIgnoresToken(
        ILogger logger, string taskId, string type, string queue, StopReason reason, TimeSpan time);

    [LoggerMessage(32, LogLevel.Warning, "Task {TaskId} ({Type}, queue '{Queue}') is no longer this server's; nothing was written")]
    internal static partial void LeaseLost(ILogger logger, string taskId, string type, string queue);

    [LoggerMessage(33, LogLevel.Error, "The error handler failed on task {TaskId} ({Type})")]
    internal static partial void ErrorHandlerFailed(ILogger logger, string taskId, string type, Exception exception);

    [LoggerMessage(34, LogLevel.Warning, "The error handler has not returned from task {TaskId} ({Type}) for {Time}; it is not waited for")]
    internal static partial void ErrorHandlerSlow(ILogger logger, string taskId, string type, TimeSpan time);

    [LoggerMessage(35, LogLevel.Error, "The services of task {TaskId} ({Type}) could not be disposed")]
    internal static partial void ScopeFailed(ILogger logger, string taskId, string type, Exception exception);

    [LoggerMessage(36, LogLevel.Error, "RetryDelay failed on task {TaskId} ({Type}); the default delay is used")]
    internal static partial void RetryDelayFailed(ILogger logger, string taskId, string type, Exception exception);

    [LoggerMessage(37, LogLevel.Error, "IsFailure failed on task {TaskId} ({Type}); the attempt counts as failed")]
    internal static partial void IsFailureFailed(ILogger logger, string taskId, string type, Exception exception);

    [LoggerMessage(38, LogLevel.Error, "Running task {TaskId} ({Type}) failed inside the server; it goes back to its queue")]
    internal static partial void RunnerFailed(ILogger logger, string taskId, string type, Exception exception);

    [LoggerMessage(39, LogLevel.Warning, "Task {TaskId} ({Type}, queue '{Queue}') is left for {Delay} to another server of the queue: {Reason} {HeldBack} more in the last minute")]
    internal static partial void HandedOver(
        ILogger logger, string taskId, string type, string queue, TimeSpan delay, string reason, int heldBack);

    [LoggerMessage(47, LogLevel.Error, "A listener of the server's meter, activities or log scopes failed; the attempt goes on, {HeldBack} earlier failures were not logged")]
    internal static partial void ListenerFailed(ILogger logger, int heldBack, Exception exception);

    [LoggerMessage(48, LogLevel.Warning, "The services of task {TaskId} ({Type}) are not disposed after {Time}; its slot is given to another task")]
    internal static partial void ScopeSlow(ILogger logger, string taskId, string type, TimeSpan time);

    [LoggerMessage(40, LogLevel.Warning, "Redis could not be told the end ({Ending}) of task {TaskId} ({Type}, queue '{Queue}'); it is told again, as are {HeldBack} earlier ones that were not logged")]
    internal static partial void FinalWriteFailed(
        ILogger logger, string taskId, string type, string queue, Ending ending, int heldBack, Exception exception);

    [LoggerMessage(41, LogLevel.Warning, "The end ({Ending}) of task {TaskId} ({Type}, queue '{Queue}') came too late: the task is gone or another server's")]
    internal static partial void FinalWriteLost(ILogger logger, string taskId, string type, string queue, Ending ending);

    [LoggerMessage(42, LogLevel.Information, "Redis was told the end ({Ending}) of task {TaskId} ({Type}, queue '{Queue}') after all")]
    internal static partial void FinalWriteRepeated(ILogger logger, string taskId, string type, string queue, Ending ending);

    [LoggerMessage(43, LogLevel.Error, "The server shuts down and Redis could not be told the end ({Ending}) of task {TaskId} ({Type}, queue '{Queue}'); it will run again")]
    internal static partial void FinalWriteGivenUp(ILogger logger, string taskId, string type, string queue, Ending ending);

    [LoggerMessage(44, LogLevel.Warning, "{Count} ended tasks still could not be told to Redis; {HeldBack} earlier failures were not logged")]
    internal static partial void SyncFailed(ILogger logger, int count, int heldBack, Exception exception);

    [LoggerMessage(45, LogLevel.Debug, "Task {TaskId} ({Type}, queue '{Queue}') waits for {Delay} and spends no retry: {Reason}")]
    internal static partial void Deferred(
        ILogger logger, string taskId, string type, string queue, TimeSpan delay, string reason);

    [LoggerMessage(46, LogLevel.Warning, "The lease of task {TaskId} ({Type}, queue '{Queue}') was over before its handler could be called, so it is not called: Redis answered too late, or no thread was free. The task is another server's, or will be taken back")]
    internal static partial void LeaseOverAtStart(ILogger logger, string taskId, string type, string queue);

    [LoggerMessage(50, LogLevel.Warning, "Tasks of queue '{Queue}' were left behind by a server that gives no sign of life: {Retried} are retried, {Archived} archived, {Dropped} remnants removed")]
    internal static partial void Recovered(ILogger logger, string queue, int retried, int archived, int dropped);

    [LoggerMessage(51, LogLevel.Warning, "Server {Host}:{Pid} takes tasks of the same queues ({Queues}) and does not say which types it handles: tasks that only this server handles may reach it")]
    internal static partial void ForeignServer(ILogger logger, string host, int pid, string queues);

    [LoggerMessage(52, LogLevel.Warning, "Server {Host}:{Pid} takes tasks of the same queues ({Queues}) and does not handle {Types}")]
    internal static partial void OtherTypes(ILogger logger, string host, int pid, string queues, string types);

    [LoggerMessage(53, LogLevel.Warning, "ArchiveMaxSize is {MaxSize}, but server {Host}:{Pid}, which seems to be one of Go's asynq, takes tasks of the same queues ({Queues}): its archiving would fail, so {GoMaxSize} archived tasks are kept in each while it lives")]
    internal static partial void ArchiveLimitRefused(
        ILogger logger, int maxSize, string host, int pid, string queues, int goMaxSize);

    [LoggerMessage(54, LogLevel.Error, "The groups of queue '{Queue}' could not be looked through; {HeldBack} earlier failures were not logged")]
    internal static partial void GroupsFailed(ILogger logger, string queue, int heldBack, Exception exception);

    [LoggerMessage(60, LogLevel.Warning, "{Running} tasks have not ended within {Timeout}; they are ended and requeued")]
    internal static partial void ShutdownTimedOut(ILogger logger, int running, TimeSpan timeout);

    [LoggerMessage(61, LogLevel.Warning, "The server's entry in Redis could not be removed; it expires by itself")]
    internal static partial void ClearFailed(ILogger logger, Exception exception);

    [LoggerMessage(62, LogLevel.Warning, "A subscription could not be ended")]
    internal static partial void UnsubscribeFailed(ILogger logger, Exception exception);

    [LoggerMessage(63, LogLevel.Warning, "The thread pool gave no sign of life for {Time}: handlers block its threads, or there is more work than the processors can do. Its minimum of worker threads was {Before} and is now {After}. Have handlers await instead of blocking, lower Concurrency, or call ThreadPool.SetMinThreads when the program starts")]
    internal static partial void PoolStarved(ILogger logger, TimeSpan time, int before, int after);

    [LoggerMessage(64, LogLevel.Error, "{Component} failed to shut down; the shutdown goes on without it")]
    internal static partial void ComponentFailedToEnd(ILogger logger, string component, Exception exception);

    [LoggerMessage(70, LogLevel.Debug, "{Count} tasks ({Types}) of group '{Group}' in queue '{Queue}' became task {TaskId} ({BatchType})")]
    internal static partial void Aggregated(
        ILogger logger, int count, string types, string group, string queue, string taskId, string batchType);

    [LoggerMessage(71, LogLevel.Error, "The aggregator of {Types} failed on {Count} tasks of group '{Group}' in queue '{Queue}'; they go back to their group")]
    internal static partial void AggregationFailed(
        ILogger logger, string types, int count, string group, string queue, Exception exception);

    [LoggerMessage(72, LogLevel.Information, "The aggregator of {Types} made nothing of {Count} tasks of group '{Group}' in queue '{Queue}'; they go back to their group")]
    internal static partial void NoBatch(ILogger logger, string types, int count, string group, string queue);

    [LoggerMessage(73, LogLevel.Warning, "Batch {TaskId} ({BatchType}) of group '{Group}' in queue '{Queue}' was refused ({Outcome}); its {Count} tasks go back to their group")]
    internal static partial void BatchRefused(
        ILogger logger, string taskId, string batchType, string group, string queue, AggregateOutcome outcome, int count);

    [LoggerMessage(74, LogLevel.Warning, "Tasks of group '{Group}' in queue '{Queue}' were taken back before their batch was written; nothing was enqueued")]
    internal static partial void SetLost(ILogger logger, string group, string queue);

    [LoggerMessage(75, LogLevel.Warning, "Tasks of type '{Type}' wait in groups ('{Group}' in queue '{Queue}'), but this server has no aggregator for them: they run singly")]
    internal static partial void NoAggregator(ILogger logger, string type, string group, string queue);

    [LoggerMessage(76, LogLevel.Error, "Task {TaskId} ({Type}) of group '{Group}' in queue '{Queue}' cannot be read and is archived")]
    internal static partial void MemberUnreadable(
        ILogger logger, string taskId, string type, string group, string queue, Exception exception);

    [LoggerMessage(77, LogLevel.Error, "The services of an aggregator of group '{Group}' in queue '{Queue}' could not be disposed")]
    internal static partial void GroupScopeFailed(ILogger logger, string group, string queue, Exception exception);
}
