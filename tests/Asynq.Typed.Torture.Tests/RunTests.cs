using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Verdicts;
using Xunit;

namespace Asynq.Typed.Torture.Tests;

/// <summary>What is found in the runs of one task.</summary>
public sealed class RunTests
{
    private const string First = "w1.7.1";
    private const string Second = "w2.8.1";

    [Fact]
    public void One_run_that_succeeds_is_nothing() => Assert.Empty(new Story().Enqueued("a", 0).Ran("a", First, 1).Facts());

    [Fact]
    public void A_second_run_within_the_lease_of_the_first_overlaps() =>
        Assert.Equal(
            [Fact.Overlapping],
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Ran("a", Second, 3, retry: 1).Exited("w1.7", 2).Facts());

    [Fact]
    public void A_lease_that_was_extended_counts_from_then_on() =>
        Assert.Equal(
            [Fact.Overlapping],
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Held("a", First, 3, lease: 8)
                .Ran("a", Second, 6, retry: 1).Exited("w1.7", 4).Facts());

    [Fact]
    public void About_a_failover_it_is_not_promised_otherwise() =>
        Assert.Equal(
            [Fact.OverlappingByFailover],
            new Story { FailsOver = true }.Enqueued("a", 0).Started("a", First, 1, lease: 4).Ran("a", Second, 3, retry: 1)
                .Exited("w1.7", 2).FailedOver(2, 3).Facts());

    [Fact]
    public void A_run_that_was_told_to_end_has_given_its_task_up() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Terminated("w1.7", 1.9, 2.2).Told("a", First, 2)
                .Ran("a", Second, 3).Facts());

    [Fact]
    public void A_run_that_failed_has_given_its_task_up() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Ran("a", First, 1, how: Ends.Failed).Ran("a", Second, 2, retry: 1).Facts());

    [Fact]
    public void A_crashed_workers_task_is_run_again_after_lease_and_grace() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Exited("w1.7", 2).Ran("a", Second, 6, retry: 1).Facts());

    [Fact]
    public void Long_before_the_grace_is_over_it_is_too_early()
    {
        var story = new Story { Timings = Timings.Default };

        Assert.Equal(
            [Fact.TooEarly],
            story.Enqueued("a", 0).Started("a", First, 1, lease: 4).Exited("w1.7", 2).Ran("a", Second, 20, retry: 1).Facts());
    }

    [Fact]
    public void A_task_that_succeeded_is_not_run_again_where_nothing_was_broken() =>
        Assert.Equal(
            [Fact.AgainWithoutCause], new Story().Enqueued("a", 0).Ran("a", First, 1).Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void A_cut_connection_is_no_cause() =>
        Assert.Equal(
            [Fact.AgainWithoutCause],
            new Story().Enqueued("a", 0).Ran("a", First, 1).Fault("cut", "*", 1.1, 1.1).Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void A_worker_that_ended_before_it_could_say_so_is_a_cause() =>
        Assert.Empty(new Story().Enqueued("a", 0).Ran("a", First, 1).Exited("w1.7", 2).Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void Another_workers_end_is_none() =>
        Assert.Contains(
            Fact.AgainWithoutCause,
            new Story().Enqueued("a", 0).Ran("a", First, 1).Exited("w3.9", 2).Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void A_worker_that_was_frozen_is_a_cause() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Ran("a", First, 1).Fault("freeze-worker", "w1.7", 1.1, 6)
                .Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void A_worker_without_a_processor_is_a_cause() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Ran("a", First, 1).Starved("w1.7", 1.1, 4).Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void A_worker_that_Redis_took_nothing_from_is_a_cause() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Ran("a", First, 1).CutOff("w1.7", 1.1, 4).Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void Also_when_it_was_to_hear_that_it_has_the_task() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).CutOff("w1.7", 1.5, 3).Started("a", First, 3.5, lease: 4).Ended("a", First, 4.2)
                .Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void So_it_is_for_a_task_that_the_library_made() =>
        Assert.Empty(new Story().Ran("a", First, 1).CutOff("w1.7", 1.1, 4).Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void For_another_queue_it_is_none() =>
        Assert.Equal(
            [Fact.AgainWithoutCause],
            new Story().Enqueued("a", 0).Ran("a", First, 1).CutOff("w1.7", 1.1, 4, "beta").Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void A_stall_may_have_been_of_its_connection() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Ran("a", First, 1).Fault("stalled", "w1.7", 1.1, 5)
                .Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void For_less_than_a_lease_it_is_none() =>
        Assert.Equal(
            [Fact.AgainWithoutCause],
            new Story().Enqueued("a", 0).Ran("a", First, 1).CutOff("w1.7", 1.1, 1.6).CutOff("w1.7", 1.2, 1.7)
                .Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void A_task_that_is_taken_from_a_run_within_its_lease_is_not_fenced() =>
        Assert.Equal(
            [Fact.Unfenced],
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Usurped("a", First, 2).Ended("a", First, 2.5).Facts());

    [Fact]
    public void A_task_that_is_taken_after_its_lease_is_nothing() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Usurped("a", First, 6).Ended("a", First, 7).Facts());

    [Fact]
    public void A_result_written_by_a_run_that_has_lost_its_task_is_not_fenced() =>
        Assert.Equal(
            [Fact.Unfenced],
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Fault("freeze-worker", "w1.7", 2, 7)
                .Ran("a", Second, 6, retry: 1).WroteResult("a", First, began: 7.1, at: 7.2).Facts());

    [Fact]
    public void A_result_that_was_begun_before_may_be_late() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Fault("freeze-worker", "w1.7", 2, 7)
                .Ran("a", Second, 6, retry: 1).WroteResult("a", First, began: 1.9, at: 7.2).Facts());

    [Fact]
    public void A_shutdown_spends_no_attempt() =>
        Assert.Equal(
            [Fact.AttemptSpent],
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Terminated("w1.7", 1.5, 2)
                .Told("a", First, 1.6).Ran("a", Second, 3, retry: 1).Facts());

    [Fact]
    public void Whatever_else_is_broken_meanwhile() =>
        Assert.Equal(
            [Fact.AttemptSpent],
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Terminated("w1.7", 1.5, 2).Fault("cut", "*", 1.6, 1.6)
                .Fault("pause-redis", "*", 3, 6).Told("a", First, 1.6).Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void A_shutdown_that_gives_back_is_nothing() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Terminated("w1.7", 1.5, 2)
                .Told("a", First, 1.6).Ran("a", Second, 3).Facts());

    [Fact]
    public void A_shutdown_that_cannot_reach_Redis_may_spend_one() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Terminated("w1.7", 1.5, 2)
                .CutOff("w1.7", 1.4, 2).Told("a", First, 1.6).Ran("a", Second, 6, retry: 1).Facts());

    [Fact]
    public void And_so_may_one_that_is_killed_meanwhile() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Fault("term-worker", "w1.7", 1.5, 2).Exited("w1.7", 2)
                .Told("a", First, 1.6).Ran("a", Second, 6, retry: 1).Facts());

    [Fact]
    public void A_worker_that_was_killed_long_after_its_handler_is_no_cause() =>
        Assert.Equal(
            [Fact.AgainWithoutCause],
            new Story().Enqueued("a", 0).Ran("a", First, 1).Held("a", First, 1.05, 9).Exited("w1.7", 8).Ran("a", Second, 14, retry: 1).Facts());

    [Fact]
    public void Unless_something_else_was_in_its_way_until_then() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Ran("a", First, 1).Held("a", First, 1.05, 9).Fault("cut-replies", "*", 1, 7).Exited("w1.7", 8)
                .Ran("a", Second, 14, retry: 1).Facts());

    [Fact]
    public void Nor_is_one_that_ended_in_good_order() =>
        Assert.Equal(
            [Fact.AgainWithoutCause],
            new Story().Enqueued("a", 0).Ran("a", First, 1).Terminated("w1.7", 1.2, 2).Ran("a", Second, 7, retry: 1).Facts());

    [Fact]
    public void A_failover_long_after_a_success_is_no_excuse_for_another_run() =>
        Assert.Contains(
            Fact.AgainWithoutCause,
            new Story { FailsOver = true }.Enqueued("a", 0).Ran("a", First, 1).FailedOver(40, 41).Ran("a", Second, 42, retry: 1).Facts());

    [Fact]
    public void But_one_that_may_have_lost_it_is() =>
        Assert.Contains(
            Fact.OverlappingByFailover,
            new Story { FailsOver = true }.Enqueued("a", 0).Ran("a", First, 1).FailedOver(10, 11).Ran("a", Second, 12, retry: 1).Facts());

    [Fact]
    public void A_run_is_told_to_end_for_a_reason() =>
        Assert.Equal(
            [Fact.ToldWithoutCause],
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Told("a", First, 2).Ran("a", Second, 9, retry: 1).Facts());

    [Theory, InlineData("hang"), InlineData("deaf"), InlineData("stone-deaf")]
    public void Its_timeout_is_one(string kind) =>
        Assert.Empty(
            new Story().Enqueued("a", 0, kind: kind).Started("a", First, 1, lease: 4).Told("a", First, 3).Ran("a", Second, 4, retry: 1)
                .Facts());

    [Fact]
    public void And_so_is_a_lease_that_could_not_be_extended() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).CutOff("w1.7", 1.5, 4.5).Told("a", First, 4)
                .Ran("a", Second, 9, retry: 1).Facts());

    [Fact]
    public void And_connections_that_break_again_and_again() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Fault("cut-replies", "*", 1.5, 4.5).Told("a", First, 4)
                .Ran("a", Second, 9, retry: 1).Facts());

    [Fact]
    public void A_task_is_not_run_before_it_is_due() =>
        Assert.Equal([Fact.StartedEarly], new Story().Enqueued("a", 0, due: 3).Ran("a", First, 2.5).Facts());

    [Fact]
    public void Nor_long_after_it_might_have_been() =>
        Assert.Equal([Fact.TooLate], new Story().Enqueued("a", 0).Ran("a", First, 80).Facts());

    [Fact]
    public void A_crashed_workers_task_is_not_left_for_long() =>
        Assert.Equal(
            [Fact.TooLate],
            new Story().Enqueued("a", 0).Started("a", First, 1, lease: 4).Exited("w1.7", 2).Ran("a", Second, 90, retry: 1).Facts());

    [Fact]
    public void Unless_something_is_broken_for_most_of_the_time() =>
        Assert.Empty(new Story().Enqueued("a", 0).Fault("close", "*", 20, 70).Ran("a", First, 80).Facts());

    [Fact]
    public void An_attempt_that_nobody_made_is_not_counted() =>
        Assert.Equal([Fact.AttemptUnseen], new Story().Enqueued("a", 0).Ran("a", First, 7, retry: 1).Facts());

    [Fact]
    public void Nor_is_one_between_two_that_were_made() =>
        Assert.Equal(
            [Fact.AttemptUnseen],
            new Story().Enqueued("a", 0).Ran("a", First, 1, how: Ends.Failed).Ran("a", Second, 9, retry: 2).Facts());

    [Fact]
    public void Any_worker_that_was_killed_may_have_fetched_the_task() =>
        Assert.Empty(new Story().Enqueued("a", 0).Exited("w3.9", 1).Ran("a", First, 7, retry: 1).Facts());

    [Fact]
    public void One_that_ended_in_good_order_has_put_it_back() =>
        Assert.Equal(
            [Fact.AttemptUnseen],
            new Story().Enqueued("a", 0).Terminated("w3.9", 0.5, 1).Ran("a", First, 7, retry: 1).Facts());

    [Fact]
    public void Where_it_could() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Terminated("w3.9", 0.5, 1).CutOff("w3.9", 0.4, 1).Ran("a", First, 7, retry: 1).Facts());
}
