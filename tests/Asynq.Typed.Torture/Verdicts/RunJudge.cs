using System.Globalization;
using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Tasks;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>
/// Decides about the runs of one task. A run holds the task from its start to the latest lease expiry that Redis was seen to
/// have for it, or until it gave the task up: by failing, by being told to end, by succeeding and having Redis told.
/// </summary>
internal sealed class RunJudge(TaskHistory task, Disturbances disturbances, Timings timings, List<Finding> findings)
{
    // Clocks are set by Redis' to within a round trip, and expiries are whole seconds.
    private const long ClockMargin = 1_500_000;

    // Due times are exact to a millisecond, and Redis' clock is followed from behind, so that nothing is done before it is due.
    private const long DueMargin = 20_000;

    // A busy machine takes its time over what is to be done at once.
    private const long Busy = 2_000_000;

    // The longest pause before a retry, and until the forwarder looks again.
    private const long UntilForwarded = 2_000_000 + 5_000_000;

    // The longest that a scheduled task of the mix waits.
    private const long LongestDelay = 4_000_000;

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
            var before = at == 0 ? null : task.Runs[at - 1];
            DecideCount(before, task.Runs[at]);
            DecideDelay(before, task.Runs[at]);
            DecideTold(task.Runs[at]);
        }

        foreach (var run in task.Runs.Where(run => run.Start + DueMargin < task.DueAt))
        {
            findings.Add(new Finding(Fact.StartedEarly, $"{Name(run)} was started {Ms(task.DueAt - run.Start)} before it was due"));
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
            if (!first.IsLate && !HasCause(first, second))
            {
                Add(
                    Fact.AgainWithoutCause,
                    first.EndAt,
                    first.EndAt + Micro(timings.Sync * 2),
                    $"{Name(first)} had succeeded, and {second.Name} ran");
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
    /// Whether there was a reason to run a task again that had succeeded: its worker could not tell Redis so. One that was killed
    /// must not have had the time to. The lease may have run for as long as it lasts when the handler was called: the answer to its
    /// fetch may have been late.
    /// </summary>
    private bool HasCause(Run first, Run second) =>
        disturbances.CouldDoNothing(first.Process, task.Queue, first.Start - Micro(timings.Lease), second.Start, Enough)
        || (disturbances.KilledAt(first.Process, task.Queue, first.Start, second.Start) is { } killed
            && !disturbances.HadQuiet(first.Process, first.EndAt, killed, Micro(timings.Sync * 2) + Busy));

    /// <summary>
    /// A run is told to end by a shutdown, by its timeout, or because its lease is over. A slow machine alone is none of these.
    /// </summary>
    private void DecideTold(Run run)
    {
        if (run.ToldAt == 0 || run.IsLate || run.UsurpedAt > 0 || Kinds.WithTimeout.Contains(task.Kind)
            || (disturbances.TerminationOf(run.Process) is var (from, _) && run.ToldAt >= from - Busy))
        {
            return;
        }

        var since = run.Start - Micro(timings.Lease);
        if (!disturbances.CouldDoNothing(run.Process, task.Queue, since, run.ToldAt, Enough)
            && !disturbances.BrokeConnections(since, run.ToldAt, Enough))
        {
            Add(Fact.ToldWithoutCause, run.Start, run.ToldAt, $"{Name(run)} was told to end {Ms(run.ToldAt - run.Start)} after its start");
        }
    }

    /// <summary>
    /// What may be run is run soon, as long as nothing is broken: only such time counts, and far more of it than is promised.
    /// </summary>
    private void DecideDelay(Run? before, Run run)
    {
        var free = before switch
        {
            null when task.AcceptedAt == 0 || task.Kind == Kinds.Grouped => 0,
            null => Math.Max(task.AcceptedAt + LongestDelay, task.DueAt),
            { Lease: 0 } => 0,
            _ => Math.Max(before.Lease, before.EndAt) + Micro(timings.Grace + timings.Recoverer),
        };
        var patience = Micro(timings.Recoverer + TimeSpan.FromSeconds(30));
        if (free > 0 && run.Start > free + UntilForwarded + patience
            && disturbances.QuietIn(free + UntilForwarded, run.Start) > patience)
        {
            Add(Fact.TooLate, free, run.Start, $"{Name(run)} was started {Ms(run.Start - free)} after it might have been");
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
            && !disturbances.CutOff(first.Process, task.Queue, from, until, 1)
            && !disturbances.BrokeConnections(from, until, 1))
        {
            Add(Fact.AttemptSpent, from, until, $"{Name(first)} was ended by a shutdown, and {second.Name} is a retry");
        }
    }

    private void Add(Fact fact, long from, long until, string what) => findings.Add(new Finding(
        disturbances.Failovers.MayHaveLost(from, until) ? Fact.OverlappingByFailover : fact, what));

    private string Name(Run run) => $"{task.Id} ({task.Kind}): {run.Name}";

    private static long Micro(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Ms(long microseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000} ms");
}
