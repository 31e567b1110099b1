using Asynq.Typed.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Client.Tests;

/// <summary>Where a container's client finds its Redis.</summary>
public sealed class HostingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Backend.Redis, "ConnectionStrings:asynq")]
    [InlineData(Backend.Redis, "Asynq:Redis")]
    [InlineData(Backend.Embedded, "ConnectionStrings:asynq")]
    [InlineData(Backend.Embedded, "Asynq:Redis")]
    public async Task Redis_comes_from_the_configuration(Backend backend, string key)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { [key] = database.ConnectionString });
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration.Build());
        services.AddAsynq();
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<AsynqClient>().EnqueueAsync(new Welcome([1]), null, Token);

        Assert.Equal(1, await database.Database.ListLengthAsync("asynq:{default}:pending"));
    }

    [Fact]
    public async Task Without_any_Redis_the_error_says_what_was_looked_for()
    {
        var services = new ServiceCollection();
        services.AddAsynq();
        await using var provider = services.BuildServiceProvider();

        var missing = await Assert.ThrowsAsync<InvalidOperationException>(
            () => provider.GetRequiredService<AsynqClient>().PingAsync(Token));

        Assert.Contains("'ConnectionStrings:asynq'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("'Asynq:Redis'", missing.Message, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_multiplexer_of_the_applications_own_is_used_and_not_disposed(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var own = await ConnectionMultiplexer.ConnectAsync(database.ConnectionString);
        var services = new ServiceCollection();
#pragma warning disable ASQ3013 // That the last one wins is what is tested
        services.AddAsynq("127.0.0.1:1").UseRedis(own);
#pragma warning restore ASQ3013
        await using (var provider = services.BuildServiceProvider())
        {
            await provider.GetRequiredService<AsynqClient>().EnqueueAsync(new Welcome([1]), null, Token);
        }

        Assert.Equal(1, await own.GetDatabase().ListLengthAsync("asynq:{default}:pending"));
    }

    [Theory, EachBackend]
    public async Task One_multiplexer_serves_a_container_and_whatever_else_it_is_given_to(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var own = await ConnectionMultiplexer.ConnectAsync(database.ConnectionString);
        var services = new ServiceCollection().AddSingleton<IConnectionMultiplexer>(own);
        services.AddAsynq().UseRedis(static provider => provider.GetRequiredService<IConnectionMultiplexer>());
        await using var provider = services.BuildServiceProvider();
        await using (var client = new AsynqClient(own))
        await using (var inspector = new AsynqInspector(own))
        await using (var scheduler = AsynqScheduler.Connect(own))
        await using (var other = new ServiceCollection().AddAsynq(own).Services.BuildServiceProvider())
        {
            await client.PingAsync(Token);
            await client.EnqueueAsync(new Welcome([1]), null, Token);
            await provider.GetRequiredService<AsynqClient>().EnqueueAsync(new Welcome([2]), null, Token);
            await other.GetRequiredService<AsynqClient>().EnqueueAsync(new Welcome([3]), null, Token);
            Assert.Equal(3, (await inspector.GetQueueAsync("default", Token))!.Pending);
            await scheduler.PingAsync(Token);
        }

        await own.GetDatabase().PingAsync();
        Assert.Throws<ArgumentNullException>("multiplexer", () => new AsynqClient((IConnectionMultiplexer)null!));
    }

    [Theory, EachBackend]
    public async Task A_client_whose_Redis_was_down_works_once_it_is_up(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var asked = 0;
        var services = new ServiceCollection();
        services.AddAsynq().UseRedis((_, _) => ValueTask.FromResult(
            ++asked == 1 ? "127.0.0.1:1,connectTimeout=500,connectRetry=0" : database.ConnectionString));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<AsynqClient>();

        await Assert.ThrowsAsync<RedisUnreachableException>(() => client.PingAsync(Token));
        await client.PingAsync(Token);

        Assert.Equal(2, asked);
    }

    [Theory, EachBackend]
    public async Task A_containers_client_waits_for_replicas_where_the_builder_says_so(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var builder = new ServiceCollection().AddAsynq(database.ConnectionString);
        Assert.Throws<ArgumentOutOfRangeException>("replicas", () => builder.WaitForReplicas(0));
#pragma warning disable ASQ3013 // That the last one wins is what is tested
        builder.WaitForReplicas(5).WaitForReplicas(2, TimeSpan.FromMilliseconds(50));
#pragma warning restore ASQ3013
        await using var provider = builder.Services.BuildServiceProvider();

        var missing = await Assert.ThrowsAsync<ReplicasNotConfirmedException>(
            () => provider.GetRequiredService<AsynqClient>().EnqueueAsync(new Welcome([1]), null, Token));

        Assert.Equal((0, 2), (missing.Confirmed, missing.Replicas));
        Assert.Equal(1, await database.Database.ListLengthAsync("asynq:{default}:pending"));
    }

    [Theory, EachBackend]
    public async Task A_container_that_is_disposed_synchronously_does_not_throw(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        var services = new ServiceCollection();
        services.AddAsynq(database.ConnectionString);
        var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<AsynqClient>();
        await client.PingAsync(Token);

        provider.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.PingAsync(Token));
    }
}
