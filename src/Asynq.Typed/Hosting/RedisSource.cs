using StackExchange.Redis;

namespace Asynq.Typed.Hosting;

/// <summary>
/// Where a container's Redis comes from: a connection string, found when it is first needed, or a multiplexer that the
/// application owns. The last <c>UseRedis</c> wins.
/// </summary>
internal abstract record RedisSource
{
    internal sealed record ConnectionString(Func<IServiceProvider, CancellationToken, ValueTask<string>> Find)
        : RedisSource;

    internal sealed record Multiplexer(Func<IServiceProvider, IConnectionMultiplexer> Find) : RedisSource;
}
