using Asynq.Typed.Redis;
using StackExchange.Redis;

namespace Asynq.Typed;

public sealed partial class AsynqInspector
{
    /// <summary>
    /// An inspector on a connection of the application's own, which stays the application's: it is never disposed here.
    /// </summary>
    public AsynqInspector(IConnectionMultiplexer multiplexer)
        : this(BrokerSource.On(multiplexer), ownsSource: true)
    {
    }
}
