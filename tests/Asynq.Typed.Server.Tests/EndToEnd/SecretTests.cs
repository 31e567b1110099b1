using Asynq.Typed.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>No password is in any line of the log or in any exception, whatever is wrong with the connection.</summary>
public sealed class SecretTests
{
    private const string Secret = "s3cret-Passw0rd";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task None_is_told_where_nobody_listens_yet()
    {
        await using var place = await RedisServer.StartAsync(cancellationToken: Token);
        var port = place.Port;
        await place.DisposeAsync();
        await using var host = Make(port);

        await host.StartAsync();
        var error = await Assert.ThrowsAsync<RedisUnreachableException>(
            () => host.Client.EnqueueAsync(new Job("a"), cancellationToken: Token));
        await Eventually.TrueAsync(() => HasWarned(host), "the server has said that it cannot connect");

        AssertNoSecret(host, error);
    }

    [Fact]
    public async Task None_is_told_where_it_is_wrong()
    {
        await using var server = await StartAsync("another");
        await using var host = Make(server.Port);

        var refused = await Assert.ThrowsAnyAsync<Exception>(host.StartAsync);
        var error = await Assert.ThrowsAnyAsync<Exception>(
            () => host.Client.EnqueueAsync(new Job("a"), cancellationToken: Token));

        Assert.Contains("password", error.Message, StringComparison.Ordinal);
        AssertNoSecret(host, refused, error);
    }

    [Fact]
    public async Task None_is_told_when_the_server_goes_away()
    {
        await using var server = await StartAsync(Secret);
        await using var host = Make(server.Port);
        await host.StartAsync();
        var task = await host.Client.EnqueueAsync(new Job("a"), cancellationToken: Token);
        await host.GoneAsync(task);

        await server.DisposeAsync();
        var error = await Assert.ThrowsAsync<RedisUnreachableException>(
            () => host.Client.EnqueueAsync(new Job("b"), cancellationToken: Token));
        await Eventually.TrueAsync(() => HasWarned(host), "a loop has said that it failed");

        AssertNoSecret(host, error);
    }

    private static Task<RedisServer> StartAsync(string password) =>
        RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--requirepass", password] }, Token);

    private static TestHost Make(int port) => TestHost.Make(
        $"redis://:{Secret}@127.0.0.1:{port}",
        static (_, _, _) => Task.CompletedTask,
        build: static asynq => asynq.AddPeriodicTask("@every 1s", new Job("tick")));

    private static bool HasWarned(TestHost host) => host.Log.Lines.Any(line => line.Level >= LogLevel.Warning);

    private static void AssertNoSecret(TestHost host, params ReadOnlySpan<Exception> errors)
    {
        Assert.NotEmpty(host.Log.Lines);
        foreach (var line in host.Log.Lines)
        {
            Assert.DoesNotContain(Secret, $"{line.Text} {line.Exception}", StringComparison.Ordinal);
        }

        foreach (var error in errors)
        {
            Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        }
    }
}
