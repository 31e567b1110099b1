using Asynq.Typed.Redis;
using StackExchange.Redis;

namespace Asynq.Typed;

public sealed partial class AsynqClient
{
    /// <summary>
    /// A client on a connection of the application's own, which stays the application's: it is never disposed here.
    /// </summary>
    public AsynqClient(IConnectionMultiplexer multiplexer)
        : this(BrokerSource.On(multiplexer), ownsSource: true)
    {
    }
}
