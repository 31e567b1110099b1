using Asynq.Typed.Redis;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

public sealed class SyncerTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private readonly ActiveTasks _active = new();
    private int _sent;

    public void Dispose() => _log.Dispose();

    [Fact]
    [ShowsOption(nameof(AsynqServerOptions.SyncInterval))]
    public async Task A_failed_write_is_repeated_every_interval_until_Redis_answers()
    {
        var syncer = Syncer();
        syncer.Start();
        syncer.Add(Write(failures: 2, LeaseOutcome.Written));

        var since = _time.GetUtcNow();
        await Clock.TurnUntilAsync(_time, TimeSpan.FromSeconds(10), () => _sent == 3);
        Assert.InRange(_time.GetUtcNow() - since, Interval * 2, TimeSpan.MaxValue);
        await Eventually.TrueAsync(() => _active.Count == 0, "Redis knows");
        await syncer.ShutdownAsync(CancellationToken.None);

        Assert.Equal(3, _sent);
        Assert.Contains(_log.Lines, line => line.Text.Contains("after all", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_write_that_comes_too_late_is_dropped()
    {
        var syncer = Syncer();
        syncer.Start();
        syncer.Add(Write(failures: 0, LeaseOutcome.Lost));

        await Clock.TurnUntilAsync(_time, TimeSpan.FromSeconds(10), () => _active.Count == 0);
        await syncer.ShutdownAsync(CancellationToken.None);

        Assert.Equal(1, _sent);
        Assert.Contains(_log.Lines, line => line.Text.Contains("came too late", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Shutting_down_tries_once_more()
    {
        var syncer = Syncer();
        syncer.Add(Write(failures: 0, LeaseOutcome.Written));

        await syncer.ShutdownAsync(CancellationToken.None);

        Assert.Equal(1, _sent);
        Assert.Equal(0, _active.Count);
    }

    [Fact]
    public async Task What_cannot_be_written_at_shutdown_is_given_up_and_said()
    {
        var syncer = Syncer();
        syncer.Add(Write(failures: 9, LeaseOutcome.Written));

        await syncer.ShutdownAsync(new CancellationToken(canceled: true));

        Assert.Equal(1, _sent);
        Assert.Equal(0, _active.Count);
        Assert.Contains(_log.Lines, line => line.Text.Contains("it will run again", StringComparison.Ordinal));
    }

    private Syncer Syncer() =>
        new(ServerSettings.From(new AsynqServerOptions { SyncInterval = Interval }), _active, _time, _log.CreateLogger("syncer"));

    private FinalWrite Write(int failures, LeaseOutcome outcome)
    {
        var message = new TaskMessage { Id = "one", Type = "test:job", Queue = "default" };
        var now = _time.GetUtcNow();
        var task = new ActiveTask(new LeasedTask(message, "owner", now), _time, now, now + TimeSpan.FromMinutes(1));
        _active.Add(task);
        return new FinalWrite(task, Ending.Done, token =>
        {
            Assert.False(token.IsCancellationRequested);
            return ++_sent > failures ? Task.FromResult(outcome) : throw new TimeoutException("Redis does not answer");
        });
    }
}
