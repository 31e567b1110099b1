using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Asynq.Typed.Server.Tests;

/// <summary>Keeps what is logged, with the scopes that it is logged in.</summary>
internal sealed class LogRecorder : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public IReadOnlyCollection<LogLine> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    internal sealed record LogLine(
        LogLevel Level, string Category, string Text, Exception? Exception, IReadOnlyDictionary<string, object?> Scope);

    private sealed class Logger(LogRecorder recorder, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => recorder._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scope = new Dictionary<string, object?>();
            recorder._scopes.ForEachScope(
                static (one, all) =>
                {
                    foreach (var (name, value) in one as IEnumerable<KeyValuePair<string, object?>> ?? [])
                    {
                        all[name] = value;
                    }
                },
                scope);
            recorder._lines.Enqueue(new LogLine(logLevel, category, formatter(state, exception), exception, scope));
        }
    }
}
