using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests;

/// <summary>The entry of a server of asynq's own: it does not say which types it handles.</summary>
internal static class GoServer
{
    internal static Task WriteAsync(TestDatabase database, string queue) => WriteAsync(
        new Broker(RedisConnection.Wrap(database.Multiplexer), TimeProvider.System), queue);

    /// <param name="broker">Where it is written.</param>
    /// <param name="queue">The server's queue.</param>
    /// <param name="detail">What one of this library's servers would add.</param>
    /// <param name="pid">The number of its process.</param>
    internal static async Task WriteAsync(Broker broker, string queue, ServerDetail? detail = null, int pid = 1)
    {
        var server = new ServerInfo
        {
            Host = "go",
            Pid = pid,
            ServerId = Guid.NewGuid().ToString("D"),
            Concurrency = 1,
            Status = "active",
            Queues = { [queue] = 1 },
        };
        await broker.WriteServerStateAsync(server, [], detail, TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);
    }
}
