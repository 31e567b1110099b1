using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server.Tests;

/// <summary>A logging provider whose every call for the library's categories throws.</summary>
internal sealed class BrokenLog : ILoggerProvider, ILogger
{
    private int _calls;

    internal int Calls => Volatile.Read(ref _calls);

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("Asynq.Typed", StringComparison.Ordinal)
            ? this
            : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => throw Broken();

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        throw Broken();

    public void Dispose()
    {
    }

    private InvalidOperationException Broken()
    {
        Interlocked.Increment(ref _calls);
        return new("the log is broken");
    }
}
