using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

public sealed class ServerStateTests
{
    private static readonly JobHandling Nothing = static (_, _, _) => Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_goes_from_new_through_active_and_stopped_to_closed_and_never_back()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = TestHost.Make(database.ConnectionString, Nothing);
        var server = host.Server;
        Assert.Equal(AsynqServerState.New, server.State);

        await server.StartAsync(Token);
        Assert.Equal(AsynqServerState.Active, server.State);
        var twice = await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync(Token));
        Assert.Contains("already running", twice.Message, StringComparison.Ordinal);

        server.Stop();
        server.Stop();
        Assert.Equal(AsynqServerState.Stopped, server.State);
        var stopped = await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync(Token));
        Assert.Contains("is stopped", stopped.Message, StringComparison.Ordinal);

        await server.ShutdownAsync(Token);
        await server.ShutdownAsync(Token);
        Assert.Equal(AsynqServerState.Closed, server.State);
        var closed = await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync(Token));
        Assert.Contains("is closed", closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_or_shutting_down_a_server_that_was_not_started_does_nothing()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = TestHost.Make(database.ConnectionString, Nothing);

        host.Server.Stop();
        await host.Server.ShutdownAsync(Token);

        Assert.Equal(AsynqServerState.New, host.Server.State);
        await host.Server.StartAsync(Token);
        Assert.Equal(AsynqServerState.Active, host.Server.State);
    }

    [Fact]
    public async Task A_host_without_a_usable_Redis_setting_does_not_start()
    {
        await using var host = TestHost.Make("127.0.0.1:1,noSuchSetting=1", Nothing);

        await Assert.ThrowsAnyAsync<ArgumentException>(host.StartAsync);
    }

    [Fact]
    public async Task A_server_that_waits_for_Redis_can_be_shut_down()
    {
        await using var host = TestHost.Make("127.0.0.1:1,connectTimeout=500,connectRetry=0", Nothing);
        await host.StartAsync();

        await Eventually.ComesAsync(host.StopAsync());

        Assert.Equal(AsynqServerState.Closed, host.Server.State);
    }

    [Fact]
    public async Task A_server_that_finds_Redis_loading_its_data_starts_when_that_is_done()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = Refused(
            database, new RedisRefusedException("is loading its data", passes: true, new InvalidOperationException("LOADING")));

        await host.StartAsync();

        await StartedAsync(host);
    }

    [Fact]
    public async Task A_server_that_Redis_refuses_for_good_does_not_start()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = Refused(database, new RedisRefusedException("asks for a password"));

        await Assert.ThrowsAsync<RedisRefusedException>(host.StartAsync);

        Assert.Equal(AsynqServerState.Closed, host.Server.State);
    }

    [Fact]
    public async Task A_server_that_waits_for_Redis_goes_on_whatever_Redis_refuses_then()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = Refused(
            database, new RedisUnreachableException("down"), new RedisRefusedException("asks for a password"));

        await host.StartAsync();

        await StartedAsync(host);
    }

    private static Task StartedAsync(TestHost host) => Eventually.TrueAsync(
        () => host.Log.Lines.Any(line => line.Text.Contains("started: concurrency", StringComparison.Ordinal)), "it runs");

    /// <summary>A host whose first attempts to connect fail.</summary>
    private static TestHost Refused(TestDatabase database, params Exception[] refusals)
    {
        var left = new Queue<Exception>(refusals);
        return TestHost.Make(
            database.ConnectionString,
            Nothing,
            build: asynq => asynq.UseRedis((_, _) => left.TryDequeue(out var refusal)
                ? throw refusal
                : ValueTask.FromResult(database.ConnectionString)));
    }
}
