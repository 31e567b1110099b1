using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>A server that could not reach Redis when it was started: it never gives up in silence.</summary>
public sealed class LateStartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_starts_although_looking_Redis_up_has_failed_in_the_meantime()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = Host(
            database, new RedisUnreachableException("down"), new HttpRequestException("no name service"), new TimeoutException());

        await host.StartAsync();

        await Eventually.TrueAsync(() => HasSaid(host, "started: concurrency"), "it runs");
    }

    [Fact]
    public async Task It_is_closed_where_it_can_never_start()
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        await using var host = Host(
            database, new RedisUnreachableException("down"), new ObjectDisposedException("the application's services"));

        await host.StartAsync();

        await Eventually.TrueAsync(() => host.Server.State == AsynqServerState.Closed, "it is closed");
        await Eventually.TrueAsync(() => HasSaid(host, "cannot run"), "it says why");
    }

    [Fact]
    public async Task Running_it_ends_without_an_error_when_the_token_is_cancelled_while_it_connects()
    {
        using var end = new CancellationTokenSource();
        var connecting = new TaskCompletionSource();
        await using var host = TestHost.Make(
            "unused",
            static (_, _, _) => Task.CompletedTask,
            build: asynq => asynq.UseRedis(async (_, cancellationToken) =>
            {
                connecting.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return "";
            }));
        var running = host.Server.RunAsync(end.Token);
        await Eventually.ComesAsync(connecting.Task);

        await end.CancelAsync();

        await Eventually.ComesAsync(running);
        Assert.Equal(AsynqServerState.Closed, host.Server.State);
    }

    private static bool HasSaid(TestHost host, string text) => host.Log.Lines.Any(
        line => line.Text.Contains(text, StringComparison.Ordinal));

    /// <summary>A host whose first attempts to look Redis up fail.</summary>
    private static TestHost Host(TestDatabase database, params Exception[] failures)
    {
        var left = new Queue<Exception>(failures);
        return TestHost.Make(
            database.ConnectionString,
            static (_, _, _) => Task.CompletedTask,
            build: asynq => asynq.UseRedis((_, _) => left.TryDequeue(out var failure)
                ? throw failure
                : ValueTask.FromResult(database.ConnectionString)));
    }
}
