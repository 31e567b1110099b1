using Asynq.Typed.Torture.Verdicts;
using Xunit;

namespace Asynq.Typed.Torture.Tests;

/// <summary>Which handlers are found to have been called when their task was no longer theirs.</summary>
public sealed class StartTests
{
    private const string Run = "w1.7.1";
    private const string Other = "w1.7.2";

    [Fact]
    public void A_start_after_the_leases_end_is_late() =>
        Assert.Equal(
            [Fact.StartedLate], new Story().Enqueued("a", 0).Started("a", Run, 6, lease: 4).Ended("a", Run, 6.5).Facts());

    [Fact]
    public void A_start_just_after_it_may_be_the_fraction_of_a_second_that_Redis_does_not_store() =>
        Assert.Empty(new Story().Enqueued("a", 0).Started("a", Run, 5.4, lease: 4).Ended("a", Run, 5.9).Facts());

    [Fact]
    public void A_task_that_is_nobodys_at_the_start_is_late() =>
        Assert.Equal(
            [Fact.StartedLate], new Story().Enqueued("a", 0).Started("a", Run, 6).Usurped("a", Run, 6.1).Ended("a", Run, 6.2).Facts());

    [Fact]
    public void That_its_task_is_run_again_is_no_finding_of_its_own() =>
        Assert.Equal(
            [Fact.StartedLate],
            new Story().Enqueued("a", 0).Exited("w3.9", 1).Started("a", Run, 6, lease: 4).Ended("a", Run, 6.5)
                .Ran("a", "w2.8.1", 8, retry: 1).Facts());

    [Fact]
    public void One_that_is_found_so_later_is_not_known_to_be() =>
        Assert.Empty(new Story().Enqueued("a", 0).Started("a", Run, 6).Usurped("a", Run, 6.9).Ended("a", Run, 7).Facts());

    [Fact]
    public void A_task_that_is_another_runs_at_the_start_is_late() =>
        Assert.Contains(
            Fact.StartedLate,
            new Story().Enqueued("a", 0).Started("a", "w2.8.1", 5, lease: 8, owner: "x").Started("a", Run, 6, lease: 8, owner: "x")
                .Ended("a", "w2.8.1", 7).Facts());

    [Fact]
    public void A_process_may_be_frozen_between_the_look_at_the_lease_and_the_start() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Fault("freeze-fetch", "w1.7", 1, 9).Started("a", Run, 9.1, lease: 4).Ended("a", Run, 9.2)
                .Facts());

    [Fact]
    public void But_only_before_one_start() =>
        Assert.Equal(
            [Fact.StartedLate],
            new Story().Enqueued("a", 0).Enqueued("b", 0).Fault("freeze-fetch", "w1.7", 1, 9)
                .Started("a", Run, 9.1, lease: 4).Ended("a", Run, 9.2).Started("b", Other, 9.1, lease: 4).Ended("b", Other, 9.2)
                .Facts());

    [Fact]
    public void And_one_freeze() =>
        Assert.Equal(
            [Fact.StartedLate],
            new Story().Enqueued("a", 0).Enqueued("b", 0).Fault("freeze-fetch", "w1.7", 1, 9).Fault("freeze-worker", "w2.8", 1, 9)
                .Started("a", Run, 9.1, lease: 4).Ended("a", Run, 9.2).Started("b", "w2.8.1", 9.1, lease: 4)
                .Ended("b", "w2.8.1", 9.2).Facts());

    [Fact]
    public void Each_want_of_a_processor_is_an_excuse_of_its_own() =>
        Assert.Empty(
            new Story().Enqueued("a", 0).Enqueued("b", 0).Starved("w1.7", 1, 9).Starved("w2.8", 1, 9)
                .Started("a", Run, 9.1, lease: 4).Ended("a", Run, 9.2).Started("b", "w2.8.1", 9.1, lease: 4)
                .Ended("b", "w2.8.1", 9.2).Facts());

    [Fact]
    public void Another_processs_freeze_is_no_excuse() =>
        Assert.Equal(
            [Fact.StartedLate],
            new Story().Enqueued("a", 0).Fault("freeze-fetch", "w2.8", 1, 9).Started("a", Run, 9.1, lease: 4).Ended("a", Run, 9.2)
                .Facts());

    [Fact]
    public void Nor_is_a_Redis_that_does_not_answer() =>
        Assert.Equal(
            [Fact.StartedLate],
            new Story().Enqueued("a", 0).CutOff("w1.7", 1, 9).Started("a", Run, 9.1, lease: 4).Ended("a", Run, 9.2).Facts());
}
