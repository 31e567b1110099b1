using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Rate;

/// <summary>What the semaphores of a server write to the log. Event ids are frozen: users filter by them.</summary>
internal static partial class SemaphoreLog
{
    [LoggerMessage(80, LogLevel.Warning, "Semaphore '{Scope}' could not be asked for a token for task {TaskId} ({Type}), which waits and spends no retry; {HeldBack} more in the last minute")]
    internal static partial void NotAcquired(
        ILogger logger, string scope, string taskId, string type, int heldBack, Exception exception);

    [LoggerMessage(81, LogLevel.Warning, "The token of semaphore '{Scope}' that task {TaskId} ({Type}) held could not be given back; it is free again at {Deadline:O}")]
    internal static partial void NotReleased(
        ILogger logger, string scope, string taskId, string type, DateTimeOffset deadline, Exception exception);
}
