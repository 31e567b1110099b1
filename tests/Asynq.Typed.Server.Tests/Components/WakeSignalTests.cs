using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

public sealed class WakeSignalTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wait_ends_with_its_time()
    {
        var wait = new WakeSignal(_time).WaitAsync(TimeSpan.FromSeconds(5), Token);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await Eventually.ComesAsync(wait);
    }

    [Fact]
    public async Task A_wait_without_end_ends_when_it_is_woken()
    {
        var signal = new WakeSignal(_time);
        var wait = signal.WaitAsync(Timeout.InfiniteTimeSpan, Token);

        _time.Advance(TimeSpan.FromDays(400));
        Assert.False(wait.IsCompleted);
        signal.Set();
        await Eventually.ComesAsync(wait);
    }

    [Fact]
    public async Task A_wake_that_comes_while_nobody_waits_ends_the_next_wait_and_no_more()
    {
        var signal = new WakeSignal(_time);
        signal.Set();
        signal.Set();

        Assert.True(signal.WaitAsync(TimeSpan.FromHours(1), Token).IsCompletedSuccessfully);
        var second = signal.WaitAsync(TimeSpan.FromHours(1), Token);
        Assert.False(second.IsCompleted);

        signal.Set();
        await Eventually.ComesAsync(second);
        Assert.False(signal.WaitAsync(TimeSpan.FromHours(1), Token).IsCompleted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void A_time_of_none_is_not_waited_for_and_takes_a_wake_with_it(int milliseconds)
    {
        var signal = new WakeSignal(_time);
        signal.Set();

        Assert.True(signal.WaitAsync(TimeSpan.FromMilliseconds(milliseconds), Token).IsCompletedSuccessfully);
        Assert.False(signal.WaitAsync(TimeSpan.FromHours(1), Token).IsCompleted);
    }

    [Fact]
    public async Task A_cancelled_token_ends_a_wait_and_a_later_wake_is_kept()
    {
        var signal = new WakeSignal(_time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var wait = signal.WaitAsync(TimeSpan.FromHours(1), cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signal.WaitAsync(TimeSpan.FromHours(1), cancel.Token));
        signal.Set();

        Assert.True(signal.WaitAsync(TimeSpan.FromHours(1), Token).IsCompletedSuccessfully);
    }
}
