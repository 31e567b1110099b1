using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

public sealed class BackgroundLoopTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private int _passes;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_pass_comes_at_once_and_then_after_each_delay()
    {
        var loop = Loop(_ => TimeSpan.FromSeconds(5));
        loop.Start();
        await PassesAsync(1);

        await Clock.TurnAsync(_time, TimeSpan.FromSeconds(4.9), () => true);
        Assert.Equal(1, _passes);
        await Clock.TurnAsync(_time, TimeSpan.FromSeconds(0.2), () => _passes == 2);

        await loop.StopAsync();
        Assert.Equal(2, _passes);
    }

    [Fact]
    public async Task A_wake_ends_the_wait_and_one_that_comes_early_is_kept()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var loop = new BackgroundLoop("Test", _time, _log.CreateLogger("loop"), TimeSpan.FromSeconds(1), async _ =>
        {
            if (++_passes == 1)
            {
                entered.SetResult();
                await release.Task;
            }

            return Timeout.InfiniteTimeSpan;
        });
        loop.Start();
        await Eventually.ComesAsync(entered.Task);

        loop.Wake();
        loop.Wake();
        release.SetResult();
        await PassesAsync(2);
        loop.Wake();
        await PassesAsync(3);

        await loop.StopAsync();
        Assert.Equal(3, _passes);
    }

    [Fact]
    public async Task A_failure_is_logged_counted_and_survived_with_a_growing_delay()
    {
        var loop = Loop(pass => pass <= 6 ? throw new InvalidOperationException("no") : TimeSpan.FromHours(1));
        var started = _time.GetUtcNow();
        loop.Start();

        await Clock.TurnUntilAsync(_time, TimeSpan.FromMilliseconds(100), () => _passes == 7);
        await loop.StopAsync();

        // 100 + 200 + 400 + 800 + 1,000 + 1,000 ms, give or take what the turning of the clock adds.
        Assert.InRange(_time.GetUtcNow() - started, TimeSpan.FromSeconds(3.5), TimeSpan.FromSeconds(10));
        Assert.Equal(6, loop.Failures);
        Assert.Single(_log.Lines, line => line.Level == LogLevel.Error);
        Assert.Single(_log.Lines, line => line.Text == "Test works again after 6 failures in a row");
    }

    [Fact]
    public async Task A_cancellation_that_is_not_the_loops_own_is_a_failure_like_others()
    {
        var loop = Loop(pass => pass == 1 ? throw new OperationCanceledException() : TimeSpan.FromHours(1));
        loop.Start();

        await Clock.TurnUntilAsync(_time, TimeSpan.FromMilliseconds(100), () => _passes == 2);
        await loop.StopAsync();

        Assert.Equal(1, loop.Failures);
    }

    private BackgroundLoop Loop(Func<int, TimeSpan> step) => new(
        "Test", _time, _log.CreateLogger("loop"), TimeSpan.FromSeconds(1), _ => Task.FromResult(step(++_passes)));

    private Task PassesAsync(int count) => Eventually.TrueAsync(() => _passes == count, $"{count} passes");
}
