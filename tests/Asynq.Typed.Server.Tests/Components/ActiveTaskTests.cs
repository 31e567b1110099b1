using Asynq.Typed.Redis;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>An attempt and its deadline.</summary>
public sealed class ActiveTaskTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Setting_the_machines_clock_neither_brings_the_deadline_nearer_nor_puts_it_off()
    {
        var time = new SettableTime(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var now = time.GetUtcNow();
        await using var attempt = new ActiveTask(
            new LeasedTask(RuntimeFixture.Message(), "owner", now + Hour), time, now, now + Hour);

        time.Set = Hour * 2;
        attempt.WatchDeadline(Hour);
        Assert.Equal(StopReason.None, attempt.Reason);
        time.Set = -Hour * 2;
        time.Advance(Hour - TimeSpan.FromTicks(1));
        Assert.Equal(StopReason.None, attempt.Reason);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(StopReason.Deadline, attempt.Reason);
    }

    /// <summary>A turned clock that can be set, too, which leaves its timestamps and timers alone, as it is with a machine's.</summary>
    private sealed class SettableTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        internal TimeSpan Set { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Set;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
