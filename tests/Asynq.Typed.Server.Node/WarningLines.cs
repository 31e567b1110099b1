using Microsoft.Extensions.Logging;

/// <summary>Says which warnings are logged, by the number of their event.</summary>
internal sealed class WarningLines : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Console.WriteLine($"warned {eventId.Id}");
        }
    }

    public void Dispose()
    {
    }
}
