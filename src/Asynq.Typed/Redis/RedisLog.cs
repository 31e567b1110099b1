using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Redis;

/// <summary>What is logged of connections. Event ids are frozen: users filter by them.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(90, LogLevel.Warning, "Redis at {Endpoints} accepted a connection, but did not answer whether the user may use it: it is used all the same. Where that is a cluster, look whether each of its nodes answers; queues on the others go on")]
    internal static partial void CheckUnanswered(ILogger logger, string endpoints);
}
