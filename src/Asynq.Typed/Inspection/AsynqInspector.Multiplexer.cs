using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;
using StackExchange.Redis;

namespace Asynq.Typed;

public sealed partial class AsynqInspector
{
    /// <summary>
    /// An inspector on a connection of the application's own, which stays the application's: it is never disposed here.
    /// </summary>
    /// <param name="multiplexer">The connection.</param>
    /// <param name="transforms">What payloads go through, in the order in which it is applied. Default: nothing.</param>
    /// <exception cref="ArgumentException">The transforms do not go together; the message says why.</exception>
    public AsynqInspector(IConnectionMultiplexer multiplexer, IEnumerable<PayloadTransform>? transforms = null)
        : this(BrokerSource.On(multiplexer), new TransformChain(transforms ?? []), ownsSource: true)
    {
    }
}
