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

    /// <summary>
    /// Who can do nothing for this long may lose a lease: it was extended a heartbeat ago, that may have taken another, and
    /// expiries are whole seconds.
    /// </summary>
    private long Enough => Micro(timings.Lease - (timings.Heartbeat * 2)) - 1_000_000;

    public void Decide()
    {
        for (var second = 0; second < task.Runs.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                DecidePair(task.Runs[first], task.Runs[second], isNext: second == first + 1);
            }
        }

        for (var at = 0; at < task.Runs.Count; at++)
        {
            DecideCount(at == 0 ? null : task.Runs[at - 1], task.Runs[at]);
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
            // One that started late had no right to succeed: that is found by itself.
            if (!first.IsLate && !disturbances.CutOff(first.Process, task.Queue, first.Start, second.Start, Enough))
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

    /// <summary>
    /// An attempt is counted that a handler made. One that no handler made was fetched by a worker that then lost it: it was
    /// stopped, or cut off from Redis.
    /// </summary>
    private void DecideCount(Run? before, Run run)
    {
        var unseen = run.RetryCount - (before is null ? 0 : before.RetryCount + 1);
        var since = before?.Start ?? (task.IntentAt > 0 ? task.IntentAt : run.Start - Micro(timings.Drain));
        if (unseen > 0 && !disturbances.CutOff(null, task.Queue, since, run.Start, Enough))
        {
            Add(Fact.AttemptUnseen, since, run.Start, $"{Name(run)} is retry {run.RetryCount}, {unseen} more than were made");
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
