using StackExchange.Redis;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>
/// Counts wake messages. A mark sent behind them, on the same channel because only that keeps an order, tells when all of them
/// have come.
/// </summary>
internal sealed class Ear : IAsyncDisposable
{
    private const string Marker = "marker";

    private static readonly RedisChannel Channel = RedisChannel.Literal(Keys.Of(Queue).WakeChannel);

    private readonly Scene _scene;
    private readonly ChannelMessageQueue _heard;

    private Ear(Scene scene, ChannelMessageQueue heard)
    {
        _scene = scene;
        _heard = heard;
    }

    public async ValueTask DisposeAsync() => await _heard.UnsubscribeAsync();

    internal static async Task<Ear> OpenAsync(Scene scene) =>
        new(scene, await scene.Multiplexer.GetSubscriber().SubscribeAsync(Channel));

    internal async Task<int> CountAsync()
    {
        await _scene.Database.PublishAsync(Channel, Marker);
        var count = 0;
        while (true)
        {
            var message = (await _heard.ReadAsync(Ct)).Message.ToString();
            if (message == Marker)
            {
                return count;
            }

            // The other hint on the channel, that a task is due sooner, is not empty.
            count += message.Length == 0 ? 1 : 0;
        }
    }
}
