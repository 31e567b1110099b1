using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.EndToEnd;

/// <summary>Whatever the application's code does when it is told to end, the server shuts down, and says so in Redis.</summary>
public sealed class ShutdownTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("throws")]
    [InlineData("blocks")]
    public async Task An_aggregator_whose_cancellation_callback_fails_does_not_keep_the_server_from_shutting_down(string callback)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Token);
        using var blocking = new ManualResetEventSlim();
        await using var host = TestHost.Make(
            database.ConnectionString,
            static (_, _, _) => Task.CompletedTask,
            static options =>
            {
                options.GroupGracePeriod = TimeSpan.FromSeconds(1);
                options.ShutdownTimeout = TimeSpan.FromSeconds(1);
            });
        var called = new TaskCompletionSource();
        host.Groups.Notes = async (_, _, cancellationToken) =>
        {
            cancellationToken.Register(() =>
            {
                if (callback == "throws")
                {
                    throw new InvalidOperationException("the callback fails");
                }

                blocking.Wait(CancellationToken.None);
            });
            called.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
            return AggregateResult<Digest>.Nothing;
        };
        await host.StartAsync();
        try
        {
            await host.Client.EnqueueAsync(new Note("a"), new() { Group = "g" }, Token);
            await Eventually.ComesAsync(called.Task);

            await Eventually.ComesAsync(host.Server.ShutdownAsync(Token));

            Assert.Equal(AsynqServerState.Closed, host.Server.State);
            Assert.False(await database.Database.KeyExistsAsync("asynq:servers"));
        }
        finally
        {
            blocking.Set();
        }
    }
}
