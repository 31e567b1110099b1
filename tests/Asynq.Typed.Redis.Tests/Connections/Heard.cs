using System.Collections.Concurrent;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>What a subscription has heard.</summary>
internal sealed class Heard
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<string> _messages = [];

    internal void Add(string message) => _messages.Enqueue(message);

    /// <summary>Sends until the message is heard: a subscription says nothing of when a server's other nodes know it.</summary>
    internal async Task UntilAsync(string message, Func<Task> send)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!_messages.Contains(message))
        {
            await send();
            await Task.Delay(Interval, patience.Token);
        }
    }
}
