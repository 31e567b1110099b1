using Asynq.Typed.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>An attempt to connect that never ends is given up, so that the next one can succeed.</summary>
public sealed class HangingConnectTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_is_never_made_is_tried_anew(bool heedsItsToken)
    {
        await using var database = await TestDatabase.OpenAsync(Backend.Embedded, Ct);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var first = new TaskCompletionSource();
        await using var source = new BrokerSource(ConnectAsync, time);

        var attempt = source.GetAsync(Ct).AsTask();
        var another = source.GetAsync(Ct).AsTask();
        await first.Task;
        time.Advance(BrokerSource.LongestAttempt - TimeSpan.FromSeconds(1));
        Assert.False(attempt.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        var error = await Assert.ThrowsAsync<RedisUnreachableException>(() => attempt);
        Assert.False(error.IsOutcomeUnknown);
        Assert.Contains("connecting took longer than 30 s", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RedisUnreachableException>(() => another);
        await (await source.GetAsync(Ct)).PingAsync(Ct);

        async ValueTask<RedisConnection> ConnectAsync(CancellationToken cancellationToken)
        {
            if (first.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, heedsItsToken ? cancellationToken : CancellationToken.None);
            }

            return RedisConnection.Wrap(database.Multiplexer);
        }
    }

    [Fact]
    public async Task One_who_is_disposed_waits_for_no_connection()
    {
        var source = new BrokerSource(
            async _ =>
            {
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                throw new InvalidOperationException("Not reached.");
            },
            new FakeTimeProvider());
        var attempt = source.GetAsync(Ct).AsTask();

        await source.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
    }
}
