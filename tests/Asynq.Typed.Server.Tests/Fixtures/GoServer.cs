using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests;

/// <summary>The entry of a server of asynq's own: it does not say which types it handles.</summary>
internal static class GoServer
{
    internal static Task WriteAsync(TestDatabase database, string queue) => WriteAsync(
        new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System), queue);

    internal static async Task WriteAsync(Broker broker, string queue)
    {
        var server = new ServerInfo
        {
            Host = "go",
            Pid = 1,
            ServerId = Guid.NewGuid().ToString("D"),
            Concurrency = 1,
            Status = "active",
            Queues = { [queue] = 1 },
        };
        await broker.WriteServerStateAsync(server, [], TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);
    }
}
