using System.Net;
using System.Net.Sockets;
using Asynq.Typed.Testing;
using StackExchange.Redis;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>Connecting to one server, and being refused.</summary>
public sealed class ConnectTests
{
    private const string Secret = "hunter2";

    [Theory]
    [InlineData("redis://127.0.0.1:{0}/5")]
    [InlineData("127.0.0.1:{0},defaultDatabase=5")]
    public async Task A_database_number_is_used(string text)
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var connection = await RedisConnection.ConnectAsync(Fill(text, server), Ct);

        await LifeOfATaskAsync(connection);

        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        Assert.True(await multiplexer.GetDatabase(5).KeyExistsAsync(Keys.Queues));
        Assert.False(await multiplexer.GetDatabase(0).KeyExistsAsync(Keys.Queues));
    }

    [Fact]
    public async Task A_Unix_socket_is_used()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = ["--unixsocket", "{directory}/redis.sock", "--requirepass", Secret] }, Ct);
        var text = $"redis-socket://:{Secret}@{server.Directory}/redis.sock?db=2";
        await using var connection = await RedisConnection.ConnectAsync(text, Ct);

        await LifeOfATaskAsync(connection);

        Assert.Equal($"socket {server.Directory}/redis.sock", connection.Endpoints);
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",password=" + Secret);
        Assert.True(await multiplexer.GetDatabase(2).KeyExistsAsync(Keys.Queues));
    }

    [Fact]
    public async Task A_multiplexer_of_the_users_own_is_used_and_stays_open()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        await using (var connection = RedisConnection.Wrap(multiplexer, 3))
        {
            await LifeOfATaskAsync(connection);
            Assert.Equal($"127.0.0.1:{server.Port}", connection.Endpoints);
        }

        Assert.True(await multiplexer.GetDatabase(3).KeyExistsAsync(Keys.Queues));
    }

    [Fact]
    public async Task A_connection_made_here_is_closed_with_its_disposal()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);
        var connection = await RedisConnection.ConnectAsync($"redis://127.0.0.1:{server.Port}", Ct);
        await connection.DisposeAsync();

        Assert.False(connection.Multiplexer.IsConnected);
    }

    [Fact]
    public async Task Where_nobody_listens_the_address_and_the_reason_are_named()
    {
        var port = FreePort();

        var exception = await Assert.ThrowsAsync<RedisUnreachableException>(
            () => RedisConnection.ConnectAsync($"redis://:{Secret}@127.0.0.1:{port}", Ct));

        Assert.Equal($"Redis at 127.0.0.1:{port} could not be reached: Connection refused.", exception.Message);
        Assert.False(exception.IsOutcomeUnknown);
        AssertNoSecret(exception);
    }

    [Fact]
    public async Task A_host_that_does_not_exist_is_named()
    {
        var exception = await Assert.ThrowsAsync<RedisUnreachableException>(
            () => RedisConnection.ConnectAsync($"redis://:{Secret}@no-such-host.invalid", Ct));

        Assert.StartsWith(
            "Redis at no-such-host.invalid:6379 could not be reached: ", exception.Message, StringComparison.Ordinal);
        AssertNoSecret(exception);
    }

    [Fact]
    public async Task A_socket_that_does_not_exist_is_named()
    {
        var exception = await Assert.ThrowsAsync<RedisUnreachableException>(
            () => RedisConnection.ConnectAsync($"redis-socket://:{Secret}@/no/such/redis.sock", Ct));

        Assert.StartsWith("Redis at socket /no/such/redis.sock could not be reached: ", exception.Message, StringComparison.Ordinal);
        AssertNoSecret(exception);
    }

    [Fact]
    public async Task Sentinels_that_do_not_answer_are_named()
    {
        var port = FreePort();

        var exception = await Assert.ThrowsAsync<RedisUnreachableException>(
            () => RedisConnection.ConnectAsync($"redis-sentinel://:{Secret}@127.0.0.1:{port}?master=main", Ct));

        Assert.StartsWith(
            $"Redis at master 'main' of the sentinels 127.0.0.1:{port} could not be reached: ",
            exception.Message,
            StringComparison.Ordinal);
        AssertNoSecret(exception);
    }

    [Fact]
    public async Task A_missing_password_is_told()
    {
        await using var server = await StartWithPasswordAsync();

        var exception = await Assert.ThrowsAsync<RedisRefusedException>(
            () => RedisConnection.ConnectAsync($"redis://127.0.0.1:{server.Port}", Ct));

        Assert.StartsWith(
            $"Redis at 127.0.0.1:{server.Port} asks for a password, and the connection text has none",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://:hunter2-not@127.0.0.1:{0}")]
    [InlineData("redis://nobody:hunter2@127.0.0.1:{0}")]
    [InlineData("127.0.0.1:{0},password=hunter2-not,connectTimeout=1000,connectRetry=1")]
    public async Task A_wrong_user_or_password_is_told_without_naming_it(string text)
    {
        await using var server = await StartWithPasswordAsync();

        var exception = await Assert.ThrowsAsync<RedisRefusedException>(
            () => RedisConnection.ConnectAsync(Fill(text, server), Ct));

        Assert.StartsWith(
            $"Redis at 127.0.0.1:{server.Port} does not accept the user and password", exception.Message, StringComparison.Ordinal);
        AssertNoSecret(exception);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_told()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Ct);

        var exception = await Assert.ThrowsAsync<RedisRefusedException>(
            () => RedisConnection.ConnectAsync($"redis://127.0.0.1:{server.Port}/99", Ct));

        Assert.StartsWith(
            $"Redis at 127.0.0.1:{server.Port} does not have the database", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_attempt_ends_at_once()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        using var cancel = new CancellationTokenSource();
        var connecting = RedisConnection.ConnectAsync($"redis://127.0.0.1:{port}", cancel.Token);
        await silent.AcceptTcpClientAsync(Ct);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    internal static async Task LifeOfATaskAsync(RedisConnection connection, string queue = "q")
    {
        var broker = new Broker(connection, TimeProvider.System);
        Assert.Equal(EnqueueOutcome.Enqueued, await broker.EnqueueAsync(Message("a", queue), Ct));
        var task = Assert.Single((await broker.DequeueAsync(queue, 1, Lease, Ct)).Tasks);
        Assert.Equal(LeaseOutcome.Written, await broker.DoneAsync(task, Ct));
    }

    internal static void AssertNoSecret(Exception exception)
    {
        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    private static Task<RedisServer> StartWithPasswordAsync() =>
        RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--requirepass", Secret] }, Ct);

    private static string Fill(string text, RedisServer server) =>
        text.Replace("{0}", $"{server.Port}", StringComparison.Ordinal);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
