using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Asynq.Typed.Testing;

/// <summary>
/// An empty database on a server that no other test uses meanwhile, so that scripts, channels and settings are the
/// test's own too. Servers are kept and handed to the next test: a run starts about as many as it has threads.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<Backend, ConcurrentBag<string>> IdleServers = new();

    private readonly ConnectionMultiplexer _multiplexer;

    private TestDatabase(Backend backend, string connectionString, ConnectionMultiplexer multiplexer)
    {
        Backend = backend;
        ConnectionString = connectionString;
        _multiplexer = multiplexer;
    }

    public Backend Backend { get; }

    /// <summary>For further connections to the same server.</summary>
    public string ConnectionString { get; }

    public IConnectionMultiplexer Multiplexer => _multiplexer;

    public IDatabase Database => _multiplexer.GetDatabase();

    /// <summary>Skips the test, saying why, where redis-server is asked for and missing.</summary>
    public static async Task<TestDatabase> OpenAsync(Backend backend, CancellationToken cancellationToken = default)
    {
        var idle = IdleServers.GetOrAdd(backend, _ => []);
        if (!idle.TryTake(out var connectionString))
        {
            connectionString = await StartServerAsync(backend, cancellationToken);
        }

        var multiplexer = await ConnectionMultiplexer.ConnectAsync(connectionString);
        await multiplexer.GetDatabase().ExecuteAsync("FLUSHALL");
        return new TestDatabase(backend, connectionString, multiplexer);
    }

    public async ValueTask DisposeAsync()
    {
        await _multiplexer.DisposeAsync();
        IdleServers[Backend].Add(ConnectionString);
    }

    // They end with the process: the embedded ones are in it, the others are tied to it.
    private static async Task<string> StartServerAsync(Backend backend, CancellationToken cancellationToken) =>
        backend switch
        {
            Backend.Redis => (await RedisServer.StartAsync(null, cancellationToken)).ConnectionString,
            Backend.Embedded => (await EmbeddedServer.StartAsync(null, cancellationToken)).ConnectionString
                + ",allowAdmin=true",
            _ => throw new ArgumentOutOfRangeException(nameof(backend), backend, "There is no such backend."),
        };
}
