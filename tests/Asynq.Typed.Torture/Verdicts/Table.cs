using System.Globalization;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>Outcomes as a table, a column each.</summary>
internal static class Table
{
    private static readonly (string Name, Func<Outcome, string> Value)[] Rows =
    [
        ("seed", outcome => Number(outcome.Seed)),
        ("minutes of faults", outcome => outcome.Minutes.ToString("0.#", CultureInfo.InvariantCulture)),
        ("faults", outcome => Number(outcome.Faults)),
        ("enqueued", outcome => Number(outcome.Enqueued)),
        ("accepted", outcome => Number(outcome.Accepted)),
        ("refused", outcome => Number(outcome.Refused)),
        ("unknown", outcome => Number(outcome.Unknown)),
        ("finished", outcome => Number(outcome.Finished)),
        ("archived as meant", outcome => Number(outcome.Archived)),
        ("run again (expected)", outcome => Number(outcome.RunAgain)),
        ("lost", outcome => Number(outcome.Count(Fact.Lost, Fact.WrongTick))),
        ("lost by failover, not promised", outcome => Number(outcome.Count(Fact.LostByFailover))),
        ("overlapping", outcome => Number(outcome.Count(
            Fact.Overlapping, Fact.Unfenced, Fact.TooEarly, Fact.AgainWithoutCause, Fact.NotUnique, Fact.RefusedButThere))),
        ("overlapping by failover, not promised", outcome => Number(outcome.Count(Fact.OverlappingByFailover))),
        ("excused by failovers", outcome => outcome.Excused.ToString("P0", CultureInfo.InvariantCulture)),
        ("started late", outcome => Number(outcome.Count(Fact.StartedLate))),
        ("started early", outcome => Number(outcome.Count(Fact.StartedEarly))),
        ("run too late", outcome => Number(outcome.Count(Fact.TooLate))),
        ("told to end without cause", outcome => Number(outcome.Count(Fact.ToldWithoutCause))),
        ("runs without a known lease", outcome => $"{Number(outcome.LongRuns.Unseen)} of {Number(outcome.LongRuns.All)}"),
        ("attempts spent without a run", outcome => Number(outcome.Count(Fact.AttemptSpent, Fact.AttemptUnseen))),
        ("refused too soon", outcome => Number(outcome.Count(Fact.GivenUpSoon))),
        ("unknown without cause", outcome => Number(outcome.Count(Fact.UnknownWithoutCause))),
        ("crashed or idle", outcome => Number(outcome.Count(Fact.Crashed, Fact.Idle))),
        ("stuck", outcome => Number(outcome.Count(Fact.Stuck))),
        ("orphaned keys", outcome => Number(outcome.Count(Fact.Orphaned))),
        ("leaked locks", outcome => Number(outcome.Count(Fact.LeakedLock))),
        ("verdict", outcome => outcome.Passed ? "passed" : outcome.Count(Fact.BrokenOff) > 0 ? "BROKEN OFF" : "FAILED"),
    ];

    public static IEnumerable<string> Lines(IReadOnlyList<Outcome> outcomes) => Rows.Select(row =>
        row.Name.PadRight(40) + string.Concat(outcomes.Select(outcome => row.Value(outcome).PadLeft(12))))
        .Prepend("".PadRight(40) + string.Concat(outcomes.Select(outcome => outcome.Topology.PadLeft(12))));

    public static IEnumerable<string> Markdown(IReadOnlyList<Outcome> outcomes) =>
    [
        $"| | {string.Join(" | ", outcomes.Select(outcome => outcome.Topology))} |",
        $"| --- |{string.Concat(outcomes.Select(_ => " ---: |"))}",
        .. Rows.Select(row => $"| {row.Name} | {string.Join(" | ", outcomes.Select(row.Value))} |"),
    ];

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
