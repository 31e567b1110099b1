using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Tasks;
using Asynq.Typed.Torture.Verdicts;
using Xunit;

namespace Asynq.Typed.Torture.Tests;

/// <summary>What is found to have become of tasks, where no key is left.</summary>
public sealed class TaskTests
{
    [Fact]
    public void An_accepted_task_that_is_neither_done_nor_there_is_lost() =>
        Assert.Equal([Fact.Lost], new Story().Enqueued("a", 0).Facts());

    [Fact]
    public void One_whose_only_run_did_not_end_is_lost() =>
        Assert.Equal([Fact.Lost], new Story().Enqueued("a", 0).Started("a", "w1.7.1", 1, lease: 4).Facts());

    [Fact]
    public void Shortly_before_a_failover_that_is_not_promised_otherwise() =>
        Assert.Equal([Fact.LostByFailover], new Story { FailsOver = true }.Enqueued("a", 0).FailedOver(10, 11).Facts());

    [Fact]
    public void Long_before_one_it_is() =>
        Assert.Equal([Fact.Lost], new Story { FailsOver = true }.Enqueued("a", 0).FailedOver(20, 21).Facts());

    [Fact]
    public void What_all_replicas_have_a_failover_does_not_lose() =>
        Assert.Equal([Fact.Lost], new Story { FailsOver = true }.Confirmed("a", 0).FailedOver(10, 11).Facts());

    [Fact]
    public void Unless_it_was_on_its_way_to_another_server() =>
        Assert.Equal(
            [Fact.LostByFailover],
            new Story { FailsOver = true }.Confirmed("a", 0).Fault("move-slot", "*", 30, 31).FailedOver(40, 41).Facts());

    [Fact]
    public void When_it_failed_over() =>
        Assert.Equal(
            [Fact.Lost],
            new Story { FailsOver = true }.Confirmed("a", 0).Fault("move-slot", "*", 30, 31).FailedOver(90, 91).Facts());

    [Fact]
    public void While_the_old_primary_takes_itself_for_one_it_is_not_promised_otherwise() =>
        Assert.Equal(
            [Fact.LostByFailover],
            new Story { FailsOver = true }.Enqueued("a", 60).FailedOver(10, 11).Fault("old-primary", "*", 59, 61).Facts());

    [Fact]
    public void Before_it_is_back_it_is() =>
        Assert.Equal(
            [Fact.Lost],
            new Story { FailsOver = true }.Enqueued("a", 40).FailedOver(10, 11).Fault("old-primary", "*", 59, 61).Facts());

    [Fact]
    public void Where_there_is_no_replica_there_is_no_excuse() =>
        Assert.Equal([Fact.Lost], new Story().Enqueued("a", 0).FailedOver(10, 11).Facts());

    [Fact]
    public void An_answer_is_not_lost_where_nothing_is_broken() =>
        Assert.Equal([Fact.UnknownWithoutCause], new Story().Unknown("a", 0, 5).Facts());

    [Fact]
    public void Where_something_is_it_may_be() => Assert.Empty(new Story().Unknown("a", 0, 5).Fault("cut", "*", 2, 2).Facts());

    [Fact]
    public void A_poisoned_task_does_not_vanish() =>
        Assert.Equal([Fact.Lost], new Story().Enqueued("poison-undecodable.1", 0, kind: Kinds.Poisoned).Facts());

    [Fact]
    public void A_task_whose_answer_was_lost_need_not_be_there() => Assert.Empty(new Story().Intended("a", 0).Facts());

    [Fact]
    public void A_task_of_a_group_is_done_when_its_bundle_is() =>
        Assert.Empty(
            new Story().Enqueued("a", 0, kind: Kinds.Grouped).Ran("bundle", "w1.7.1", 1).MadeOf("bundle", "w1.7.1", 1.01, "a,b").Facts());

    [Fact]
    public void A_task_is_in_one_bundle() =>
        Assert.Equal(
            [Fact.Overlapping],
            new Story().Enqueued("a", 0, kind: Kinds.Grouped)
                .Ran("one", "w1.7.1", 1).MadeOf("one", "w1.7.1", 1.01, "a")
                .Ran("two", "w1.7.2", 2).MadeOf("two", "w1.7.2", 2.01, "a").Facts());

    [Fact]
    public void A_refused_task_is_not_there() =>
        Assert.Equal(
            [Fact.RefusedButThere], new Story().Refused("a", 0, 1, Refusals.Duplicate).Ran("a", "w1.7.1", 2).Facts());

    [Fact]
    public void A_refusal_for_a_reason_that_passes_is_waited_for() =>
        Assert.Equal([Fact.GivenUpSoon], new Story().Refused("a", 0, 1, Refusals.Passing).Facts());

    [Theory, InlineData(5, Refusals.Passing), InlineData(0.1, Refusals.Duplicate), InlineData(0.1, Refusals.ForGood)]
    public void Others_are_not(double after, string why) => Assert.Empty(new Story().Refused("a", 0, after, why).Facts());

    [Fact]
    public void Two_tasks_of_one_key_at_a_time_are_not_unique() =>
        Assert.Equal(
            [Fact.NotUnique],
            new Story().Enqueued("a", 0, uniqueKey: "k").Enqueued("b", 1, uniqueKey: "k")
                .Ran("a", "w1.7.1", 2).Ran("b", "w1.7.2", 3).Facts());

    [Fact]
    public void One_after_the_other_they_are() =>
        Assert.Empty(
            new Story().Enqueued("a", 0, uniqueKey: "k").Ran("a", "w1.7.1", 1)
                .Enqueued("b", 2, uniqueKey: "k").Ran("b", "w1.7.2", 3).Facts());

    [Fact]
    public void Where_it_is_not_known_which_was_first_nothing_is_found() =>
        Assert.Empty(
            new Story().Enqueued("a", 0, accepted: 1, uniqueKey: "k").Enqueued("b", 0.5, accepted: 2, uniqueKey: "k")
                .Ran("a", "w1.7.1", 3).Ran("b", "w1.7.2", 4).Facts());

    [Fact]
    public void A_tick_is_enqueued_once() =>
        Assert.Equal(
            [Fact.WrongTick],
            new Story().Ran("a", "w1.7.1", 1, tick: Story.Tick(0)).Ran("b", "w1.7.2", 1, tick: Story.Tick(0)).Facts());

    [Fact]
    public void A_tick_between_others_is_enqueued() =>
        Assert.Equal(
            [Fact.WrongTick],
            new Story().Ran("a", "w1.7.1", 1, tick: Story.Tick(0)).Ran("b", "w1.7.2", 5, tick: Story.Tick(4)).Facts());

    [Fact]
    public void Ticks_in_their_order_are_nothing() =>
        Assert.Empty(
            new Story().Ran("a", "w1.7.1", 1, tick: Story.Tick(0)).Ran("b", "w1.7.2", 3, tick: Story.Tick(2)).Facts());
}
