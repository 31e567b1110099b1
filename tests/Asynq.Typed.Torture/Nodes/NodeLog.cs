using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Asynq.Typed.Torture.Nodes;

/// <summary>What a process says goes to its standard output, which the run keeps as evidence.</summary>
internal static class NodeLog
{
    public static void Configure(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        logging.SetMinimumLevel(LogLevel.Information);
    }
}
