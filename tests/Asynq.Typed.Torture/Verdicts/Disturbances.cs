using System.Globalization;
using Asynq.Typed.Torture.Faults;
using Asynq.Typed.Torture.Ledgers;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>When what was broken, and which process could do nothing when.</summary>
internal sealed class Disturbances
{
    private const long Second = 1_000_000;

    // How long what was broken is felt when it is mended: clients connect again, a process that was started gets under way.
    private const long Aftermath = 5 * Second;

    private readonly List<Span> _spans = [];

    public Disturbances(IReadOnlyList<Line> lines, bool failsOver)
    {
        var open = new Dictionary<string, Line>();
        var died = lines.Where(line => line.Entry == Entry.Died).Select(line => line.Id).ToHashSet();
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
                _spans.Add(SpanOf(begin, line.At));
            }
        }

        _spans.AddRange(open.Values.Select(line => SpanOf(line, long.MaxValue)));
        Exits = [.. _spans.Where(span => span.Fault == FaultLog.Exit).Select(span => new ProcessExit(span, died.Contains(span.Target)))];
        Failovers = new Failovers(failsOver ? _spans : []);
    }

    /// <summary>Every process that ended.</summary>
    public IReadOnlyList<ProcessExit> Exits { get; }

    public Failovers Failovers { get; }

    /// <summary>When all was mended, and who was to enqueue from then on; <c>null</c> where the run did not come to that.</summary>
    public (long At, IReadOnlyList<string> Producers)? Healed =>
        _spans.Find(span => span.Fault == FaultLog.Heal && span.Until < long.MaxValue) is { } heal
            ? (heal.Until, heal.Detail.Split(',', StringSplitOptions.RemoveEmptyEntries))
            : null;

    /// <summary>Whether anybody felt anything in a time.</summary>
    public bool Touched(long from, long until) => _spans.Any(span =>
        span.Target != FaultLog.Nobody && span.From - Second <= until && span.Until + Second >= from);

    /// <summary>For how much of a time nobody felt anything, nor what was left of it.</summary>
    public long QuietIn(long from, long until) => until - from - LengthOf(
        _spans.Where(span => span.Target != FaultLog.Nobody)
            .Select(span => span with { From = span.From - Second, Until = Padded(span.Until, Aftermath) }),
        from,
        until);

    /// <summary>Whether a process felt nothing for so long at a stretch, within a time.</summary>
    public bool HadQuiet(string process, long from, long until, long enough)
    {
        var at = from;
        foreach (var span in _spans
            .Where(span => span.Fault != FaultLog.Exit && (span.Target == process || span.Target == FaultLog.Everybody))
            .OrderBy(span => span.From))
        {
            if (Math.Min(span.From - Second, until) - at >= enough)
            {
                return true;
            }

            at = Math.Max(at, Padded(span.Until, Second));
        }

        return until - at >= enough;
    }

    /// <summary>
    /// Whether a process (every one, where none is named) was killed in a time, or could do nothing for a queue for as long as
    /// <paramref name="enough"/> of it: it was frozen, had no processor, or Redis took nothing from it. Some connections that
    /// are stalled are enough: they may be the library's. One that was told to end is taken for killed where it could do nothing
    /// just then.
    /// </summary>
    public bool CutOff(string? process, string queue, long from, long until, long enough) =>
        WasKilled(process, queue, from, until) || CouldDoNothing(process, queue, from, until, enough);

    /// <summary>Whether a process (every one, where none is named) could do nothing for a queue for so long in a time.</summary>
    public bool CouldDoNothing(string? process, string queue, long from, long until, long enough) =>
        Named(process).Any(name => LengthOf(
            Felt(name, from, until).Where(span => StopsAll(span) || span.Queue == queue), from, until) >= enough);

    /// <summary>Whether a process (every one, where none is named) ended in a time without being able to say what is to be said.</summary>
    public bool WasKilled(string? process, string queue, long from, long until) => KilledAt(process, queue, from, until) is not null;

    /// <summary>When that was.</summary>
    public long? KilledAt(string? process, string queue, long from, long until) => Exits.FirstOrDefault(exit =>
        (process is null || exit.Process == process) && exit.At >= from - Second && exit.At <= until + Second
        && (!exit.InGoodOrder || CouldDoNothingAtTheEnd(exit, queue)))?.At;

    /// <summary>
    /// Whether connections were broken again and again, or refused, for so long of a time: a process may then fare worse than
    /// its pulse, which connects by itself.
    /// </summary>
    public bool BrokeConnections(long from, long until, long enough) => LengthOf(
        _spans.Where(span => span.Fault is "cut-replies" or "close").Select(span => span with { Until = Padded(span.Until, Second) }),
        from,
        until) >= enough;

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
        _spans.FirstOrDefault(span => span.Fault == FaultLog.Terminate && span.Target == process) is { } span
            ? (span.From, span.Until)
            : null;

    private bool CouldDoNothingAtTheEnd(ProcessExit exit, string queue) =>
        TerminationOf(exit.Process) is var (from, _) && CouldDoNothing(exit.Process, queue, from, exit.At, 1);

    private IEnumerable<string> Named(string? process) =>
        process is null ? _spans.Select(span => span.Target).Distinct() : [process];

    private IEnumerable<Span> Felt(string process, long from, long until) => _spans
        .Where(span => span.Target == process && span.From - Second <= until && Padded(span.Until, Second) >= from);

    private static bool IsFreeze(Span span) => span.Fault.StartsWith(FaultLog.Freeze, StringComparison.Ordinal);

    private static bool StopsAll(Span span) =>
        IsFreeze(span) || span.Fault is FaultLog.Stalled or nameof(Entry.Starved);

    /// <summary>How much of a time the spans cover together.</summary>
    internal static long LengthOf(IEnumerable<Span> spans, long from, long until)
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

    private static long Padded(long until, long by) => until > long.MaxValue - by ? until : until + by;

    private static Span SpanOf(Line begin, long until) =>
        new(begin.Id[..begin.Id.IndexOf('#', StringComparison.Ordinal)], begin.Field(0), begin.At, until) { Detail = begin.Field(1) };
}

/// <summary>Something that was broken. Times are microseconds since 1970.</summary>
internal sealed record Span(string Fault, string Target, long From, long Until)
{
    /// <summary>The queue that alone was cut off; empty for none.</summary>
    internal string Queue { get; init; } = "";

    internal string Detail { get; init; } = "";
}

/// <summary>How a process ended.</summary>
internal sealed class ProcessExit(Span span, bool killedItself)
{
    private const string ByKill = "137";
    private const string ByTerm = "143";
    private const string Well = "0";

    private readonly string[] _detail = span.Detail.Split(' ');

    public string Process => span.Target;

    public long At => span.From;

    public string Detail => span.Detail;

    /// <summary>Whether it could say all that was to be said.</summary>
    public bool InGoodOrder => _detail[0] == Well;

    /// <summary>Whether it says that it could not start without Redis.</summary>
    public bool CouldNotStart => _detail[0] == Nodes.NodeHost.Unavailable.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether it ended as the run or its task had it.</summary>
    public bool IsMeant => Cause == Causes.Limited || (_detail[0], Cause) is (ByKill, Causes.Killed) or (Well, Causes.Told or Causes.ToldEarly)
        or (ByTerm, Causes.ToldEarly) || (_detail[0] == ByKill && killedItself);

    private string Cause => _detail.ElementAtOrDefault(1) ?? Causes.Nothing;
}
