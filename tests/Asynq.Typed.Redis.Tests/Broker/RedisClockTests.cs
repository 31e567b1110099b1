using Xunit;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>What is made of the times that Redis says: never ahead of Redis' clock, and after it by little.</summary>
public sealed class RedisClockTests
{
    // As far as clocks may drift apart between two samples of a test, which lie 5 s from one another.
    private static readonly TimeSpan Drift = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly SettableTime _time = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly RedisClock _clock;

    // How far Redis' clock is from this machine's timestamps.
    private DateTimeOffset _redisStart = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly long _start;

    public RedisClockTests()
    {
        _start = _time.GetTimestamp();
        _clock = new RedisClock(_time);
    }

    private DateTimeOffset Redis => _redisStart + _time.GetElapsedTime(_start);

    private TimeSpan Lag => Redis - _clock.Now;

    [Fact]
    public void Without_a_sample_it_is_this_machines_time()
    {
        _time.Advance(Heartbeat);

        Assert.Equal(_time.GetUtcNow(), _clock.Now);
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(20, 0)]
    [InlineData(10, 10)]
    public void It_is_never_ahead_however_the_way_to_redis_and_back_differ(int to, int back)
    {
        Sample(to, back);

        Assert.Equal(TimeSpan.FromMilliseconds(back), Lag);
        _time.Advance(Heartbeat);
        Assert.Equal(TimeSpan.FromMilliseconds(back), Lag);
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void Setting_this_machines_clock_changes_nothing(int seconds)
    {
        Sample(1, 1);
        var before = _clock.Now;

        _time.Set = TimeSpan.FromSeconds(seconds);
        Assert.Equal(before, _clock.Now);
        _time.Advance(Heartbeat);
        Assert.Equal(before + Heartbeat, _clock.Now);
        Sample(1, 1);
        Assert.InRange(Lag, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData(2000, 0)]
    [InlineData(0, 2000)]
    [InlineData(1000, 1000)]
    public void A_slow_sample_leaves_a_good_one_as_it_is(int to, int back)
    {
        Sample(1, 1);
        _time.Advance(Heartbeat);

        Sample(to, back);

        Assert.InRange(Lag, TimeSpan.Zero, TimeSpan.FromMilliseconds(1) + (Drift * 2));
    }

    [Fact]
    public void A_good_sample_takes_the_place_of_a_slow_one()
    {
        Sample(0, 2000);
        Assert.Equal(TimeSpan.FromSeconds(2), Lag);
        _time.Advance(Heartbeat);

        Sample(1, 1);

        Assert.Equal(TimeSpan.FromMilliseconds(1), Lag);
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(-60_000)]
    [InlineData(-10)]
    [InlineData(10)]
    public void Redis_clock_is_followed_where_it_was_set_or_is_anothers(int milliseconds)
    {
        Sample(1, 1);
        _time.Advance(Heartbeat);
        _redisStart += TimeSpan.FromMilliseconds(milliseconds);

        Sample(1, 1);

        Assert.Equal(TimeSpan.FromMilliseconds(1), Lag);
    }

    [Fact]
    public void A_slow_sample_is_enough_to_find_a_clock_that_was_set_by_more()
    {
        Sample(1, 1);
        _redisStart -= TimeSpan.FromMinutes(1);

        Sample(1000, 1000);

        Assert.Equal(TimeSpan.FromSeconds(1), Lag);
    }

    [Fact]
    public void Drift_is_followed_within_what_each_sample_allows()
    {
        for (var i = 0; i < 1000; i++)
        {
            Sample(1, i % 10 == 0 ? 1 : 30);
            Assert.InRange(Lag, TimeSpan.Zero, TimeSpan.FromMilliseconds(11));
            _time.Advance(Heartbeat);
            _redisStart -= Heartbeat * 0.000_1;
        }
    }

    [Fact]
    public void Samples_that_come_in_another_order_do_no_harm()
    {
        var sent = _time.GetTimestamp();
        var said = Redis;
        _time.Advance(TimeSpan.FromMilliseconds(5));
        var received = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(5));
        Sample(1, 1);

        _clock.Note(said, sent, received);

        Assert.InRange(Lag, TimeSpan.Zero, TimeSpan.FromMilliseconds(1) + Drift);
    }

    /// <summary>Asks Redis, which takes these times, in milliseconds.</summary>
    private void Sample(int to, int back)
    {
        var sent = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(to));
        var said = Redis;
        _time.Advance(TimeSpan.FromMilliseconds(back));
        _clock.Note(said, sent, _time.GetTimestamp());
    }
}
