using Asynq.Typed.Testing;
using StackExchange.Redis;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>A scene, and beside its own a broker whose connection leads through the proxy.</summary>
internal sealed class Place : IAsyncDisposable
{
    private readonly RedisConnection _connection;

    private Place(Scene scene, CuttingProxy proxy, RedisConnection connection)
    {
        Scene = scene;
        Proxy = proxy;
        _connection = connection;
        Broker = new Redis.Broker(connection, scene.Time);
    }

    internal Scene Scene { get; }

    internal CuttingProxy Proxy { get; }

    internal Redis.Broker Broker { get; }

    internal static async Task<Place> OpenAsync(Backend backend)
    {
        var scene = await Scene.OpenAsync(backend);
        var options = ConfigurationOptions.Parse(scene.ConnectionString);
        var proxy = new CuttingProxy(((System.Net.IPEndPoint)options.EndPoints[0]).Port);
        var connection = await RedisConnection.ConnectAsync($"127.0.0.1:{proxy.Port}", Ct);

        // The scripts are there before the first cut, so that the reply to each EVALSHA is that of the deed.
        foreach (var name in typeof(Script).Assembly.GetManifestResourceNames())
        {
            if (name.EndsWith(".lua", StringComparison.Ordinal) && !name.StartsWith('_'))
            {
                await scene.Database.ExecuteAsync("SCRIPT", "LOAD", Script.Load(name).Text);
            }
        }

        return new Place(scene, proxy, connection);
    }

    /// <summary>Closes the broker's connection under it.</summary>
    internal void CloseConnection() => _connection.Multiplexer.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await Proxy.DisposeAsync();
        await Scene.DisposeAsync();
    }
}
