using System.Threading.Channels;
using StackExchange.Redis;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>Counts wake messages. A mark sent behind them tells when all of them have come.</summary>
internal sealed class Ear : IAsyncDisposable
{
    private const string Marker = "marker";

    private readonly Scene _scene;
    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();
    private IAsyncDisposable? _subscription;

    private Ear(Scene scene) => _scene = scene;

    public ValueTask DisposeAsync() => _subscription!.DisposeAsync();

    internal static async Task<Ear> OpenAsync(Scene scene)
    {
        var ear = new Ear(scene);
        ear._subscription = await scene.Broker.SubscribeWakeAsync(
            [Queue, Marker], queue => ear._heard.Writer.TryWrite(queue), Ct);
        return ear;
    }

    internal async Task<int> CountAsync()
    {
        await _scene.Database.PublishAsync(RedisChannel.Literal(Keys.Of(Marker).WakeChannel), "");
        var count = 0;
        while (await _heard.Reader.ReadAsync(Ct) == Queue)
        {
            count++;
        }

        return count;
    }
}
