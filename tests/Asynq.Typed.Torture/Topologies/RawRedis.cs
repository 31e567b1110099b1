using StackExchange.Redis;

namespace Asynq.Typed.Torture.Topologies;

/// <summary>A connection of the run's own, past the library that is tested.</summary>
internal sealed class RawRedis : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _multiplexer;

    private RawRedis(ConnectionMultiplexer multiplexer) => _multiplexer = multiplexer;

    public IDatabase Database => _multiplexer.GetDatabase();

    public static async Task<RawRedis> ConnectAsync(string connectionString) => new(
        await ConnectionMultiplexer.ConnectAsync(connectionString + ",abortConnect=false,allowAdmin=true,asyncTimeout=5000"));

    /// <summary>Every primary that the connection knows.</summary>
    public IEnumerable<IServer> Primaries() =>
        _multiplexer.GetServers().Where(server => server.IsConnected && !server.IsReplica && server.ServerType != ServerType.Sentinel);

    /// <summary>Has the connection find out anew who is a primary.</summary>
    public Task LookAgainAsync() => _multiplexer.ConfigureAsync();

    /// <summary>Runs a script on the keys of one queue, all or nothing. Whether Redis answered.</summary>
    public async Task<bool> TryRunAsync(string script, string queue, string id, string value = "")
    {
        try
        {
            string[] names = ["pending", "active", "lease", "t:" + id, "x:lock"];
            await Database.ScriptEvaluateAsync(
                script,
                [.. names.Select(name => (RedisKey)$"asynq:{{{queue}}}:{name}")],
                [id, value],
                CommandFlags.NoScriptCache | CommandFlags.DemandMaster);
            return true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Has the deadlines of a queue's aggregation sets pass that were made some time ago.</summary>
    public async Task HurrySetsAsync(string queue)
    {
        // Seconds. Who makes a set reads and aggregates it at once: one that is older is nobody's any more.
        const string Script = """
            local now = tonumber(redis.call('TIME')[1])
            for _, set in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now + 120 - 10)) do
                redis.call('ZADD', KEYS[1], now, set)
            end
            """;
        RedisKey[] keys = [$"asynq:{{{queue}}}:aggregation_sets", $"asynq:{{{queue}}}:x:lock"];
        await Database.ScriptEvaluateAsync(Script, keys, [], CommandFlags.NoScriptCache | CommandFlags.DemandMaster);
    }

    public async ValueTask DisposeAsync() => await _multiplexer.DisposeAsync();
}
