using Asynq.Typed.Torture.Faults;
using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Tasks;
using Asynq.Typed.Torture.Verdicts;
using Xunit;

namespace Asynq.Typed.Torture.Tests;

/// <summary>Which processes are found to have ended by themselves, or to have done nothing.</summary>
public sealed class LifeTests
{
    [Fact]
    public void Who_is_killed_has_not_crashed() => Assert.Empty(new Story().Exited("w1.7", 1).Facts());

    [Fact]
    public void Nor_has_who_kills_itself_as_a_task_asks_it_to() => Assert.Empty(new Story().KilledItself("w1.7", 1).Facts());

    [Fact]
    public void Nor_has_who_is_told_to_end() => Assert.Empty(new Story().Terminated("w1.7", 1, 2).Facts());

    [Theory]
    [InlineData(137, Causes.Nothing), InlineData(0, Causes.Nothing), InlineData(134, Causes.Nothing), InlineData(139, Causes.Killed)]
    [InlineData(134, Causes.Told), InlineData(143, Causes.Told), InlineData(137, Causes.Told)]
    public void Whoever_else_ends_has(int code, string cause) =>
        Assert.Equal([Fact.Crashed], new Story().Exited("w1.7", 1, code, cause).Facts());

    [Fact]
    public void A_process_may_be_told_before_it_can_listen() =>
        Assert.Empty(new Story().Exited("w1.7", 1, 143, Causes.ToldEarly).Facts());

    [Theory, InlineData(134), InlineData(0), InlineData(137)]
    public void One_with_little_memory_may_end_anyhow(int code) =>
        Assert.Empty(new Story().Exited("w4.7", 1, code, Causes.Limited).Facts());

    [Fact]
    public void One_that_cannot_start_without_Redis_has_not_crashed() =>
        Assert.Empty(new Story().Fault("pause-redis", "*", 1, 40).Exited("w1.7", 41, 75, Causes.Nothing).Facts());

    [Fact]
    public void With_Redis_it_can() => Assert.Equal([Fact.Crashed], new Story().Exited("w1.7", 41, 75, Causes.Nothing).Facts());

    [Fact]
    public void When_all_is_mended_everybody_does_something() => Assert.Empty(Mended().Facts());

    [Fact]
    public void A_producer_that_enqueues_nothing_is_idle() =>
        Assert.Equal([Fact.Idle], Mended("p1,p2").Enqueued("p2.5.1", 8).Ran("p2.5.1", "w1.7.4", 8.5).Facts());

    [Fact]
    public void A_worker_that_does_not_run_what_only_it_takes_is_idle() =>
        Assert.Contains(Fact.Idle, Mended().Enqueued("own.w2", 11, kind: Kinds.Own).Facts());

    [Fact]
    public void Schedulers_that_enqueue_no_tick_are_idle() =>
        Assert.Equal(
            [Fact.Idle],
            new Story().Ran("one", "w1.7.1", 8, tick: Story.Tick(8)).Healed(9.5).Facts());

    [Fact]
    public void Ticks_are_asked_for_until_all_is_mended() =>
        Assert.Equal(
            [Fact.WrongTick],
            new Story().Ran("one", "w1.7.1", 6, tick: Story.Tick(6)).Healed(9.5)
                .Ran("two", "w1.7.2", 10, tick: Story.Tick(10)).Facts());

    [Theory, InlineData(200, 21, true), InlineData(200, 20, false), InlineData(300, 29, false), InlineData(30, 20, false)]
    public void Runs_whose_lease_was_not_seen_are_not_to_be_many(int all, int unseen, bool areMany)
    {
        var story = new Story();
        for (var run = 1; run <= all; run++)
        {
            var (id, name) = ($"a{run}", $"w1.7.{run}");
            story.Enqueued(id, run).Started(id, name, run, lease: run > unseen ? run + 3 : null).Ended(id, name, run + 1.5);
        }

        Assert.Equal(areMany ? [Fact.Blind] : [], story.Facts());
    }

    [Fact]
    public void But_for_those_whose_worker_had_no_processor()
    {
        var story = new Story().Starved("w1.7", 0, 31);
        for (var run = 1; run <= 30; run++)
        {
            var (id, name) = ($"a{run}", $"w1.7.{run}");
            story.Enqueued(id, run).Started(id, name, run).Ended(id, name, run + 1.5);
        }

        Assert.Empty(story.Facts());
    }

    private static Story Mended(string producers = "p1") =>
        new Story().Healed(9.5, producers).Enqueued("p1.3.1", 10).Ran("p1.3.1", "w1.7.1", 10.5)
            .Enqueued("own.w1", 10, kind: Kinds.Own).Ran("own.w1", "w1.7.2", 10.5)
            .Ran("tick", "w1.7.3", 10.1, tick: Story.Tick(10), how: Ends.Ok);
}
