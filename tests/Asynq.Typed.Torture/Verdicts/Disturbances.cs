using Asynq.Typed.Torture.Faults;
using Asynq.Typed.Torture.Ledgers;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>When what was broken.</summary>
internal sealed class Disturbances
{
    private const long Second = 1_000_000;

    // What a replica may not have heard of when it is promoted, and how long clients may take to notice who the primary is.
    // It is noticed when it has happened, some time after the primary was last heard of.
    private const long BeforeFailover = 12 * Second;
    private const long AfterFailover = 5 * Second;

    private readonly List<Span> _spans = [];
    private readonly bool _failsOver;

    public Disturbances(IReadOnlyList<Line> lines, bool failsOver)
    {
        _failsOver = failsOver;
        var open = new Dictionary<string, Line>();
        foreach (var line in lines)
        {
            if (line.Entry == Entry.Fault)
            {
                open[line.Id] = line;
            }
            else if (line.Entry == Entry.Healed && open.Remove(line.Id, out var begin))
            {
                _spans.Add(new Span(NameOf(line.Id), begin.Field(0), begin.At, line.At));
            }
        }

        _spans.AddRange(open.Values.Select(line => new Span(NameOf(line.Id), line.Field(0), line.At, long.MaxValue)));
    }

    /// <summary>Whether anything happened in a time that a process, or everybody, felt.</summary>
    public bool Touched(string process, long from, long until) => _spans.Any(span =>
        (span.Target == process || span.Target == FaultLog.Everybody) && span.From - Second <= until && span.Until + Second >= from);

    /// <summary>Whether everybody felt something in a time.</summary>
    public bool TouchedAll(long from, long until) => Touched(FaultLog.Everybody, from, until);

    /// <summary>Whether a process was told to end in good order, and when.</summary>
    public (long From, long Until)? TerminationOf(string process) =>
        _spans.FirstOrDefault(span => span.Fault == "term-worker" && span.Target == process) is { } span
            ? (span.From, span.Until)
            : null;

    /// <summary>Whether acknowledged writes of a time may have been lost because a replica was promoted.</summary>
    public bool MayHaveLost(long from, long until) => _failsOver && _spans.Any(span =>
        span.Fault == FailoverWatch.Fault && span.From - BeforeFailover <= until && span.Until + AfterFailover >= from);

    private static string NameOf(string id) => id[..id.IndexOf('#', StringComparison.Ordinal)];

    private sealed record Span(string Fault, string Target, long From, long Until);
}
