using System.Globalization;
using Asynq.Typed.Torture.Faults;
using Asynq.Typed.Torture.Ledgers;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>When what was broken, and which process could do nothing when.</summary>
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
            else if (line.Entry is Entry.Starved or Entry.CutOff)
            {
                var isCutOff = line.Entry == Entry.CutOff;
                var since = long.Parse(line.Field(isCutOff ? 1 : 0), CultureInfo.InvariantCulture);
                _spans.Add(new Span(line.Entry.ToString(), line.Id, since, line.At) { Queue = isCutOff ? line.Field(0) : "" });
            }
            else if (line.Entry == Entry.Healed && open.Remove(line.Id, out var begin))
            {
                _spans.Add(new Span(NameOf(line.Id), begin.Field(0), begin.At, line.At));
            }
        }

        _spans.AddRange(open.Values.Select(line => new Span(NameOf(line.Id), line.Field(0), line.At, long.MaxValue)));
    }

    /// <summary>Whether everybody felt something in a time.</summary>
    public bool TouchedAll(long from, long until) =>
        _spans.Any(span => span.Target == FaultLog.Everybody && span.From - Second <= until && span.Until + Second >= from);

    /// <summary>
    /// Whether a process (every one, where none is named) ended in a time, or could do nothing for a queue for as long as
    /// <paramref name="enough"/> of it: it was frozen, had no processor, or Redis took nothing from it. Some connections that
    /// are stalled are enough: they may be the library's.
    /// </summary>
    public bool CutOff(string? process, string queue, long from, long until, long enough)
    {
        var processes = process is null ? _spans.Select(span => span.Target).Distinct().ToArray() : [process];
        return processes.Any(name =>
        {
            var felt = _spans
                .Where(span => span.Target == name || span.Fault == FaultLog.Stall)
                .Where(span => span.From - Second <= until && span.Until + Second >= from)
                .ToList();
            return felt.Any(span => span.Fault == FaultLog.Exit)
                || LengthOf(felt.Where(span => StopsAll(span) || span.Queue == queue), from, until) >= enough;
        });
    }

    /// <summary>
    /// What a process came out of just before a time, if anything: all freezes are one thing, each want of a processor is one.
    /// </summary>
    public object? WokenFrom(string process, long at) =>
        _spans.OrderBy(IsFreeze).LastOrDefault(span =>
            span.Target == process && StopsAll(span) && span.From <= at && span.Until + Second >= at) is { } stop
            ? IsFreeze(stop) ? FaultLog.Freeze : stop
            : null;

    /// <summary>Whether a process was told to end in good order, and when.</summary>
    public (long From, long Until)? TerminationOf(string process) =>
        _spans.FirstOrDefault(span => span.Fault == "term-worker" && span.Target == process) is { } span
            ? (span.From, span.Until)
            : null;

    /// <summary>Whether acknowledged writes of a time may have been lost because a replica was promoted.</summary>
    public bool MayHaveLost(long from, long until) => _failsOver && _spans.Any(span =>
        span.Fault == FailoverWatch.Fault && span.From - BeforeFailover <= until && span.Until + AfterFailover >= from);

    private static bool IsFreeze(Span span) => span.Fault.StartsWith(FaultLog.Freeze, StringComparison.Ordinal);

    private static bool StopsAll(Span span) => IsFreeze(span) || span.Fault is FaultLog.Stall or nameof(Entry.Starved);

    /// <summary>How much of a time the spans cover together.</summary>
    private static long LengthOf(IEnumerable<Span> spans, long from, long until)
    {
        var (length, covered) = (0L, from);
        foreach (var span in spans.OrderBy(span => span.From))
        {
            var start = Math.Max(span.From, covered);
            var end = Math.Min(span.Until, until);
            length += Math.Max(0, end - start);
            covered = Math.Max(covered, end);
        }

        return length;
    }

    private static string NameOf(string id) => id[..id.IndexOf('#', StringComparison.Ordinal)];

    private sealed record Span(string Fault, string Target, long From, long Until)
    {
        /// <summary>The queue that alone was cut off; empty for none.</summary>
        internal string Queue { get; init; } = "";
    }
}
