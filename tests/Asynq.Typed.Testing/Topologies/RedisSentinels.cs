namespace Asynq.Typed.Testing.Topologies;

/// <summary>A primary, its replica, and a sentinel that watches them under the name <see cref="MasterName"/>.</summary>
public sealed class RedisSentinels : IAsyncDisposable
{
    public const string MasterName = "main";

    private readonly RedisServer[] _servers;

    private RedisSentinels(RedisServer primary, RedisServer replica, RedisServer sentinel) =>
        _servers = [primary, replica, sentinel];

    /// <summary>The primary until a failover.</summary>
    public RedisServer Primary => _servers[0];

    /// <summary>The replica until a failover.</summary>
    public RedisServer Replica => _servers[1];

    public RedisServer Sentinel => _servers[2];

    /// <summary>Starts them; returns when the sentinel knows both. Skips the test where Redis is missing.</summary>
    /// <param name="password">That of primary and replica, and of the sentinel.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<RedisSentinels> StartAsync(string? password = null, CancellationToken cancellationToken = default)
    {
        string[] secret = password is null ? [] : ["--requirepass", password, "--masterauth", password];
        var servers = new List<RedisServer>();
        try
        {
            servers.Add(await RedisServer.StartAsync(new RedisServerOptions { Arguments = secret }, cancellationToken));
            servers.Add(await RedisServer.StartAsync(
                new RedisServerOptions { Arguments = ["--replicaof", "127.0.0.1", $"{servers[0].Port}", .. secret] },
                cancellationToken));

            // A sentinel asks the primary for its replicas when it starts, and then only every ten seconds.
            await RedisCli.UntilAsync(
                servers[0].Port,
                answer => answer.Contains("state=online", StringComparison.Ordinal),
                [.. Login(password), "INFO", "replication"]);
            servers.Add(await RedisServer.StartAsync(SentinelOptions(servers[0].Port, password), cancellationToken));
            await RedisCli.UntilAsync(
                servers[2].Port,
                answer => answer.Contains($":{servers[1].Port}", StringComparison.Ordinal),
                [.. Login(password), "SENTINEL", "REPLICAS", MasterName]);
            return new RedisSentinels(servers[0], servers[1], servers[2]);
        }
        catch
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Has the sentinel promote the replica; returns when it is the primary and the old one follows it.</summary>
    public async Task FailOverAsync()
    {
        // The answer is NOGOODSLAVE while the replica's own answers to the sentinel are late, as on a busy machine.
        await RedisCli.UntilAsync(
            Sentinel.Port, answer => answer == "OK", "SENTINEL", "FAILOVER", MasterName);
        await UntilPromotedAsync();
        await RedisCli.UntilAsync(
            Primary.Port, answer => answer.StartsWith("slave", StringComparison.Ordinal), "ROLE");
    }

    /// <summary>Waits until the replica has become the primary.</summary>
    public Task UntilPromotedAsync() => RedisCli.UntilAsync(
        Sentinel.Port,
        answer => answer.EndsWith($"{Replica.Port}", StringComparison.Ordinal),
        "SENTINEL",
        "GET-MASTER-ADDR-BY-NAME",
        MasterName);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }
    }

    private static string[] Login(string? password) => password is null ? [] : ["--no-auth-warning", "-a", password];

    private static RedisServerOptions SentinelOptions(int primaryPort, string? password) => new()
    {
        Sentinel = true,
        ConfigurationFile =
        [
            $"sentinel monitor {MasterName} 127.0.0.1 {primaryPort} 1",
            $"sentinel down-after-milliseconds {MasterName} 1500",
            $"sentinel failover-timeout {MasterName} 5000",
            .. password is null
                ? Array.Empty<string>()
                : [$"sentinel auth-pass {MasterName} {password}", $"requirepass {password}", $"sentinel sentinel-pass {password}"],
        ],
    };
}
