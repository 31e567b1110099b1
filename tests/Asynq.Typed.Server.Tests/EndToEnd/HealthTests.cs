using Asynq.Typed.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

public sealed class HealthTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_is_healthy_while_Redis_answers_and_the_server_takes_tasks()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = TestHost.Make(
            database.ConnectionString,
            static (_, _, _) => Task.CompletedTask,
            build: static asynq => asynq.Services.AddHealthChecks().AddAsynq());

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(host)).Status);
        await host.StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);
        host.Server.Stop();
        var stopped = await CheckAsync(host);

        Assert.Equal(HealthStatus.Unhealthy, stopped.Status);
        Assert.Contains("Stopped", stopped.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_says_why_Redis_does_not_answer()
    {
        await using var host = TestHost.Make(
            "127.0.0.1:1,connectTimeout=500,connectRetry=0",
            static (_, _, _) => Task.CompletedTask,
            build: static asynq => asynq.Services.AddHealthChecks().AddAsynq(failureStatus: HealthStatus.Degraded));

        var entry = await CheckAsync(host);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("127.0.0.1:1", entry.Description, StringComparison.Ordinal);
    }

    [Theory, EachBackend]
    public async Task A_ping_says_that_Redis_answers_whether_the_server_runs_or_not(Backend backend)
    {
        await using var database = await TestDatabase.OpenAsync(backend, Token);
        await using var host = TestHost.Make(database.ConnectionString, static (_, _, _) => Task.CompletedTask);

        await host.Server.PingAsync(Token);
        Assert.Equal(AsynqServerState.New, host.Server.State);
        await host.StartAsync();
        await host.Server.PingAsync(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Server.PingAsync(new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_ping_says_that_Redis_cannot_be_reached_and_where()
    {
        await using var host = TestHost.Make(
            "127.0.0.1:1,connectTimeout=500,connectRetry=0", static (_, _, _) => Task.CompletedTask);

        var unreachable = await Assert.ThrowsAsync<RedisUnreachableException>(() => host.Server.PingAsync(Token));

        Assert.Contains("127.0.0.1:1", unreachable.Message, StringComparison.Ordinal);
    }

    private static async Task<HealthReportEntry> CheckAsync(TestHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Entries["asynq"];
}
