using StackExchange.Redis;

namespace Asynq.Typed.Redis;

internal sealed partial class Broker
{
    // What enqueue.lua publishes for a scheduled task; for a pending one it publishes nothing but the hint itself.
    private const string SoonerDue = "due";

    private static readonly Script CancelScript = Script.Load("cancel.lua");

    /// <summary>
    /// Asks whoever works on a task to stop: marks it where one of this project's servers holds it, so that the request
    /// cannot be missed, and publishes its id in any case.
    /// </summary>
    /// <returns>Whether the task was marked.</returns>
    internal async Task<bool> CancelAsync(string queue, string id, CancellationToken ct)
    {
        MessageRules.RequireText(id, "Task id");
        var keys = KeysOf(queue);
        var reply = await RepeatAsync(() => RunListAsync(CancelScript, keys, [keys.Task(id)], [], ct)).ConfigureAwait(false);
        await PublishCancellationAsync(id, ct).ConfigureAwait(false);
        return (int)reply[0] == 1;
    }

    /// <summary>Publishes the id of a task to cancel. Who is not connected at that moment misses it.</summary>
    internal async Task PublishCancellationAsync(string id, CancellationToken ct)
    {
        MessageRules.RequireText(id, "Task id");
        await RepeatAsync(
            () => CallAsync(database => database.PublishAsync(RedisChannel.Literal(Keys.CancelChannel), id), ct))
            .ConfigureAwait(false);
    }

    /// <summary>Hears ids of tasks to cancel, one at a time, until the subscription is disposed.</summary>
    internal Task<IAsyncDisposable> SubscribeCancellationsAsync(Action<string> onCancel, CancellationToken ct) =>
        SubscribeAsync([Keys.CancelChannel], (_, id) => onCancel(id), ct);

    /// <summary>Hears that a queue may no longer be empty, until the subscription is disposed. A hint only.</summary>
    internal Task<IAsyncDisposable> SubscribeWakeAsync(
        IReadOnlyCollection<string> queues, Action<string> onWake, CancellationToken ct) =>
        SubscribeWakeAsync(queues, onWake, static _ => { }, ct);

    /// <summary>
    /// Hears that a queue may no longer be empty, or that a task is due before those that waited so far, until the subscription
    /// is disposed. Hints only.
    /// </summary>
    internal Task<IAsyncDisposable> SubscribeWakeAsync(
        IReadOnlyCollection<string> queues, Action<string> onWake, Action<string> onSoonerDue, CancellationToken ct)
    {
        var names = queues.ToDictionary(queue => KeysOf(queue).WakeChannel, StringComparer.Ordinal);
        return SubscribeAsync(names.Keys, (channel, hint) => (hint == SoonerDue ? onSoonerDue : onWake)(names[channel]), ct);
    }

    private async Task<IAsyncDisposable> SubscribeAsync(
        IEnumerable<string> channels, Action<string, string> onMessage, CancellationToken ct)
    {
        var subscription = new Subscription();
        try
        {
            foreach (var channel in channels)
            {
                var messages = await CallAsync(
                    _ => connection.Multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(channel)), ct)
                    .ConfigureAwait(false);
                subscription.Add(messages);
                messages.OnMessage(message => onMessage(channel, message.Message.ToString()));
            }
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return subscription;
    }

    private sealed class Subscription : IAsyncDisposable
    {
        private readonly List<ChannelMessageQueue> _channels = [];

        public async ValueTask DisposeAsync()
        {
            foreach (var channel in _channels)
            {
                await channel.UnsubscribeAsync().ConfigureAwait(false);
            }

            _channels.Clear();
        }

        internal void Add(ChannelMessageQueue channel) => _channels.Add(channel);
    }
}
