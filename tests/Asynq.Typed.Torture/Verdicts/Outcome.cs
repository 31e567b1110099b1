using Asynq.Typed.Torture.Tasks;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>What is said of one run of the suite.</summary>
internal sealed record Outcome
{
    public required string Topology { get; init; }

    public required int Seed { get; init; }

    public required double Minutes { get; init; }

    public required int Faults { get; init; }

    public required int Enqueued { get; init; }

    public required int Accepted { get; init; }

    public required int Refused { get; init; }

    public required int Unknown { get; init; }

    /// <summary>Of the accepted ones, done.</summary>
    public required int Finished { get; init; }

    /// <summary>Of the accepted ones, archived as they were meant to be.</summary>
    public required int Archived { get; init; }

    /// <summary>Runs that came after one that had not given its task up: its worker crashed, or lost its lease.</summary>
    public required int RunAgain { get; init; }

    /// <summary>How many runs lasted a second or longer, and of how many of these it is not known until when they held their task.</summary>
    public (int All, int Unseen) LongRuns { get; init; }

    /// <summary>During which part of the run a failover excuses what is lost.</summary>
    public double Excused { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public bool Passed => !Findings.Any(finding => finding.FailsTheRun);

    public int Count(params ReadOnlySpan<Fact> facts)
    {
        var count = 0;
        foreach (var finding in Findings)
        {
            count += facts.Contains(finding.Fact) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Of a run that could not go on.</summary>
    public static Outcome BrokenOff(string topology, int seed, double minutes, Exception reason) => new()
    {
        Topology = topology,
        Seed = seed,
        Minutes = minutes,
        Faults = 0,
        Enqueued = 0,
        Accepted = 0,
        Refused = 0,
        Unknown = 0,
        Finished = 0,
        Archived = 0,
        RunAgain = 0,
        Findings = [new Finding(Fact.BrokenOff, reason.ToString())],
    };

    public static Outcome Of(
        string topology,
        int seed,
        double minutes,
        int faults,
        Histories histories,
        Disturbances disturbances,
        KeyAudit keys,
        IReadOnlyList<Finding> findings)
    {
        var announced = histories.Tasks.Where(task => task.IntentAt > 0).ToList();
        var accepted = announced.Where(task => task.AcceptedAt > 0).ToList();
        return new Outcome
        {
            Topology = topology,
            Seed = seed,
            Minutes = minutes,
            Faults = faults,
            Enqueued = announced.Count,
            Accepted = accepted.Count,
            Refused = announced.Count(task => task.Refusal is not null),
            Unknown = announced.Count(task => task.AcceptedAt == 0 && task.Refusal is null),
            Finished = accepted.Count(task => task.DoneAt > 0),
            Archived = accepted.Count(task =>
                Kinds.IsArchived(task.Kind) && keys.StatesOf(task.Id) is ["archived"]),
            RunAgain = histories.Tasks.Sum(RunsAgain),
            LongRuns = histories.LongRuns,
            Excused = announced.Count == 0
                ? 0
                : disturbances.Failovers.PartOf(announced.Min(task => task.IntentAt), announced.Max(task => task.IntentAt)),
            Findings = findings,
        };
    }

    private static int RunsAgain(TaskHistory task) =>
        task.Runs.Zip(task.Runs.Skip(1)).Count(pair => pair.First.ToldAt == 0 && pair.First.End is Ledgers.Ends.Ok or "");
}
