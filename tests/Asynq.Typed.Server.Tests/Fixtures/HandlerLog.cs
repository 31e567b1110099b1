using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server.Tests;

internal static partial class HandlerLog
{
    [LoggerMessage(1, LogLevel.Information, "ran")]
    internal static partial void Ran(ILogger logger);
}
