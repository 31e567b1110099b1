using System.Globalization;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>
/// Decides which handlers were called when their task was no longer theirs. A process may be stopped between the library's look
/// at the lease and the call, which is a moment that a freeze hardly hits: one run is let off for all freezes, and one for each
/// time that its process was given no processor.
/// </summary>
internal sealed class StartJudge(Histories histories, Disturbances disturbances, List<Finding> findings)
{
    public void Decide()
    {
        var letOff = new HashSet<object>();
        var late = histories.Tasks
            .SelectMany(task => task.Runs.Select(run => (Task: task, Run: run)))
            .Where(pair => pair.Run.IsLate)
            .OrderBy(pair => pair.Run.Start);
        foreach (var (task, run) in late)
        {
            if (disturbances.WokenFrom(run.Process, run.Start) is { } stop && letOff.Add(stop))
            {
                continue;
            }

            var what = run.NeverHeld
                ? "was nobody's or another's by then"
                : string.Create(CultureInfo.InvariantCulture, $"had its lease end {(run.Start - run.FirstLease) / 1000} ms before");
            findings.Add(new Finding(
                disturbances.Failovers.MayHaveLost(run.Start, run.Start) ? Fact.OverlappingByFailover : Fact.StartedLate,
                $"{task.Id} ({task.Kind}): {run.Name} was started, but the task {what}"));
        }
    }
}
