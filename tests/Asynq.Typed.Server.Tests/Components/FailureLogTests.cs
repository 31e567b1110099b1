using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Asynq.Typed.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>What fails again and again is logged at a limited rate, and counted.</summary>
public sealed class FailureLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Writes_that_fail_at_each_interval_are_logged_every_half_minute()
    {
        var (sent, isBack) = (0, false);
        var active = new ActiveTasks();
        var syncer = new Syncer(
            ServerSettings.From(new AsynqServerOptions { SyncInterval = TimeSpan.FromSeconds(5) }),
            active,
            _time,
            _log.CreateLogger("syncer"));
        var since = _time.GetUtcNow();
        syncer.Start();
        syncer.Add(new FinalWrite(
            new ActiveTask(new LeasedTask(RuntimeFixture.Message(), "owner", since), _time, since, since),
            Ending.Done,
            _ => ++sent > 0 && isBack ? Task.FromResult(LeaseOutcome.Written) : throw new RedisUnreachableException("down")));

        await Clock.TurnUntilAsync(_time, TimeSpan.FromSeconds(1), () => sent == 3);
        Assert.InRange(Failures(), 1, 1 + (int)((_time.GetUtcNow() - since) / TimeSpan.FromSeconds(30)));
        await Clock.TurnUntilAsync(_time, TimeSpan.FromSeconds(1), () => Failures() == 2);
        Assert.True(_time.GetUtcNow() - since >= TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(_log.Lines.Skip(1), static line => line.Text.Contains("; 0 earlier", StringComparison.Ordinal));

        isBack = true;
        var end = syncer.ShutdownAsync(CancellationToken.None);
        await Clock.TurnUntilAsync(_time, TimeSpan.FromSeconds(1), () => end.IsCompleted);
        Assert.Equal((0, 0), (active.Count, syncer.Unwritten));

        int Failures() => _log.Lines.Count(static line => line.Text.Contains("still could not be told", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_loop_that_fails_every_other_time_is_logged_every_half_minute_and_each_failure_is_counted()
    {
        const string Name = "Every other time";
        using var counted = new Failures(Name);
        var passes = 0;
        var loop = new BackgroundLoop(
            Name,
            _time,
            _log.CreateLogger("loop"),
            TimeSpan.FromSeconds(1),
            _ => Task.FromResult(++passes % 2 == 1 ? throw new InvalidOperationException("no") : TimeSpan.FromSeconds(1)));
        var since = _time.GetUtcNow();
        loop.Start();

        await Clock.TurnUntilAsync(_time, TimeSpan.FromMilliseconds(100), () => passes >= 40);
        await loop.StopAsync();

        var most = 1 + (int)((_time.GetUtcNow() - since) / TimeSpan.FromSeconds(30));
        Assert.InRange(_log.Lines.Count(static line => line.Level == LogLevel.Error), 1, most);
        Assert.InRange(_log.Lines.Count(static line => line.Text.Contains("works again", StringComparison.Ordinal)), 1, most);
        Assert.InRange(counted.Sum, 20, passes);
        Assert.Equal(loop.Failures, counted.Sum);
    }

    private sealed class Failures : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<long> _counted = new();

        internal Failures(string loop)
        {
            _listener.InstrumentPublished = static (instrument, meter) =>
            {
                if (instrument.Meter.Name == AsynqTelemetry.MeterName && instrument.Name == "asynq.loop.failures")
                {
                    meter.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                foreach (var (name, tag) in tags)
                {
                    if (name == "asynq.loop" && Equals(tag, loop))
                    {
                        _counted.Enqueue(value);
                    }
                }
            });
            _listener.Start();
        }

        internal long Sum => _counted.Sum();

        public void Dispose() => _listener.Dispose();
    }
}
