using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;
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
    /// <param name="transforms">What payloads go through, in the order in which it is applied. Default: nothing.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, or the transforms do not go together; the message says which and why.
    /// </exception>
    public static AsynqScheduler Connect(
        IConnectionMultiplexer multiplexer,
        AsynqSchedulerOptions? options = null,
        ILogger<AsynqScheduler>? logger = null,
        IEnumerable<PayloadTransform>? transforms = null)
    {
        var source = BrokerSource.On(multiplexer);
        return new AsynqScheduler(
            source.GetAsync, options ?? new AsynqSchedulerOptions(), TimeProvider.System,
            logger ?? NullLogger<AsynqScheduler>.Instance, new TransformChain(transforms ?? []), source);
    }
}
