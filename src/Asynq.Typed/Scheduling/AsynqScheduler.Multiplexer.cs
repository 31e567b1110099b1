using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Asynq.Typed;

public sealed partial class AsynqScheduler
{
    /// <summary>
    /// Makes a scheduler on a connection of the application's own, which stays the application's: it is never disposed here.
    /// </summary>
    /// <param name="multiplexer">The connection.</param>
    /// <param name="options">How it works. Default: as its documentation says.</param>
    /// <param name="logger">Where it logs to. Default: nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public static AsynqScheduler Connect(
        IConnectionMultiplexer multiplexer,
        AsynqSchedulerOptions? options = null,
        ILogger<AsynqScheduler>? logger = null)
    {
        var source = BrokerSource.On(multiplexer);
        return new AsynqScheduler(
            source.GetAsync, options ?? new AsynqSchedulerOptions(), TimeProvider.System,
            logger ?? NullLogger<AsynqScheduler>.Instance, source);
    }
}
