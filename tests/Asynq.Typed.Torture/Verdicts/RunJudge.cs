using System.Globalization;
using Asynq.Typed.Torture.Ledgers;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>
/// Decides about the runs of one task. A run holds the task from its start to the latest lease expiry that Redis was seen to
/// have for it, or until it gave the task up: by failing, by being told to end, by succeeding and having Redis told.
/// </summary>
internal sealed class RunJudge(TaskHistory task, Disturbances disturbances, Timings timings, List<Finding> findings)
{
    // Clocks are set by Redis' to within a round trip, and expiries are whole seconds.
    private const long ClockMargin = 1_500_000;

    public void Decide()
    {
        for (var second = 0; second < task.Runs.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                DecidePair(task.Runs[first], task.Runs[second], isNext: second == first + 1);
            }
        }

        foreach (var run in task.Runs.Where(run => run.UsurpedAt > 0 && run.UsurpedAt < run.Lease))
        {
            Add(Fact.Unfenced, run.Start, run.UsurpedAt, $"{Name(run)} was taken from it {Ms(run.Lease - run.UsurpedAt)} before its lease ended");
        }
    }

    private void DecidePair(Run first, Run second, bool isNext)
    {
        if (first.ResultAt > second.Start)
        {
            Add(Fact.Unfenced, first.Start, first.ResultAt, $"{Name(first)} wrote a result when {second.Name} had the task");
        }

        var givenUp = first.ToldAt > 0 ? first.ToldAt : first.End is Ends.Ok or "" ? long.MaxValue : first.EndAt;
        if (givenUp <= second.Start)
        {
            if (isNext)
            {
                DecideAttempt(first, second);
            }

            return;
        }

        if (second.Start < first.Lease)
        {
            Add(
                Fact.Overlapping,
                first.Start,
                second.Start,
                $"{Name(first)} and {second.Name}: the second started {Ms(second.Start - first.Start)} after the first, "
                + $"{Ms(first.Lease - second.Start)} before its lease ended"
                + (first.EndAt > 0 && first.EndAt < second.Start ? ", the first had succeeded" : ""));
            return;
        }

        if (isNext && first.End == Ends.Ok && first.EndAt < second.Start)
        {
            if (!disturbances.Touched(first.Process, first.Start, second.Start))
            {
                Add(Fact.AgainWithoutCause, first.Start, second.Start, $"{Name(first)} had succeeded, and {second.Name} ran");
            }
        }
        else if (isNext && first.Lease > 0 && second.Start + ClockMargin < first.Lease + Micro(timings.Grace))
        {
            Add(
                Fact.TooEarly,
                first.Start,
                second.Start,
                $"{Name(first)} lost the task to {second.Name} {Ms(second.Start - first.Lease)} after its lease");
        }
    }

    /// <summary>A run that a shutdown ended has spent no attempt, where nothing else came between.</summary>
    private void DecideAttempt(Run first, Run second)
    {
        if (first.ToldAt > 0 && second.RetryCount > first.RetryCount
            && disturbances.TerminationOf(first.Process) is var (from, until)
            && first.ToldAt >= from && first.ToldAt <= from + Micro(timings.ShutdownTimeout) + 1_000_000
            && !disturbances.TouchedAll(from, Math.Max(until, second.Start)))
        {
            Add(Fact.AttemptSpent, first.Start, second.Start, $"{Name(first)} was ended by a shutdown, and {second.Name} is a retry");
        }
    }

    private void Add(Fact fact, long from, long until, string what) => findings.Add(new Finding(
        disturbances.MayHaveLost(from, until) ? Fact.OverlappingByFailover : fact, what));

    private string Name(Run run) => $"{task.Id} ({task.Kind}): {run.Name}";

    private static long Micro(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Ms(long microseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000} ms");
}
