using Asynq.Typed.Redis;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>How long what a poll saw spares the other loops a call of their own.</summary>
public sealed class QueueLooksTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly QueueLook Look = new(null, null, HasGroups: true);

    private readonly FakeTimeProvider _time = new();
    private readonly QueueLooks _looks;

    public QueueLooksTests() => _looks = new QueueLooks(
        ServerSettings.From(new AsynqServerOptions { TaskCheckInterval = TimeSpan.FromSeconds(1) }), _time);

    [Fact]
    public void A_queue_that_was_never_looked_at_is_not_known()
    {
        _looks.Note("other", _time.GetTimestamp(), Look);

        Assert.False(_looks.TrySeen("default", Interval, out _, out _));
        Assert.True(_looks.IsWanted("default"));
    }

    [Fact]
    public void No_more_than_the_interval_lies_between_two_looks()
    {
        _looks.Note("default", _time.GetTimestamp(), Look);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.True(_looks.TrySeen("default", Interval, out var seen, out var rest));
        Assert.Equal(Look, seen);
        Assert.Equal(TimeSpan.FromSeconds(2), rest);

        _time.Advance(rest);
        Assert.False(_looks.TrySeen("default", Interval, out _, out _));
    }

    [Fact]
    public void What_was_asked_for_before_the_answer_came_is_as_old_as_the_question()
    {
        var asked = _time.GetTimestamp();
        _time.Advance(Interval);

        _looks.Note("default", asked, Look);

        Assert.False(_looks.TrySeen("default", Interval, out _, out _));
    }

    [Fact]
    public void A_timer_for_the_rest_does_not_come_too_early()
    {
        _looks.Note("default", _time.GetTimestamp(), Look);
        _time.Advance(Interval - TimeSpan.FromTicks(1));

        Assert.True(_looks.TrySeen("default", Interval, out _, out var rest));
        Assert.Equal(TimeSpan.FromMilliseconds(1), rest);
    }

    [Fact]
    public void Fetches_that_follow_each_other_closely_need_not_look_each_time()
    {
        _looks.Note("default", _time.GetTimestamp(), Look);

        Assert.False(_looks.IsWanted("default"));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.True(_looks.IsWanted("default"));
    }
}
