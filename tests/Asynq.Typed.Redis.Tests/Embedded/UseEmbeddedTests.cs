using Asynq.Typed.Hosting;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Embedded;

public sealed class UseEmbeddedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_server_starts_once_and_stops_after_what_was_made_of_its_source()
    {
        var services = new ServiceCollection();
#pragma warning disable ASQ3013 // That the last one wins is what is tested
        services.AddAsynq("elsewhere:6379").UseEmbedded();
#pragma warning restore ASQ3013
        services.AddSingleton<Connection>();
        string connectionString;
        Connection connection;
        await using (var provider = services.BuildServiceProvider())
        {
            connection = provider.GetRequiredService<Connection>();
            connectionString = await connection.FindAsync(provider, Ct);
            Assert.Equal(connectionString, await connection.FindAsync(provider, Ct));
        }

        Assert.True(connection.AnsweredWhenDisposed);
        await Assert.ThrowsAsync<RedisConnectionException>(
            () => ConnectionMultiplexer.ConnectAsync(connectionString + ",connectRetry=0,connectTimeout=1000"));
    }

    [Fact]
    public async Task A_container_that_never_needed_Redis_starts_no_server()
    {
        var services = new ServiceCollection();
        services.AddAsynq().UseEmbedded(server => server.Port = 70_000);
        var provider = services.BuildServiceProvider();

        // The port is refused when the server starts, so this passes only where it does not start.
        Assert.NotNull(provider.GetRequiredService<RedisSource>());
        await provider.DisposeAsync();
    }

    private sealed class Connection(RedisSource source) : IAsyncDisposable
    {
        private string? _connectionString;

        public bool AnsweredWhenDisposed { get; private set; }

        public async Task<string> FindAsync(IServiceProvider services, CancellationToken ct) =>
            _connectionString = await Assert.IsType<RedisSource.ConnectionString>(source).Find(services, ct);

        public async ValueTask DisposeAsync()
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(_connectionString!);
            AnsweredWhenDisposed = await redis.GetDatabase().PingAsync() > TimeSpan.Zero;
        }
    }
}
