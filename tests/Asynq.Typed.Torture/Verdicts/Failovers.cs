using Asynq.Typed.Torture.Faults;

namespace Asynq.Typed.Torture.Verdicts;

/// <summary>When writes that Redis had acknowledged may have been lost because a replica took over: that is not promised otherwise.</summary>
internal sealed class Failovers(IReadOnlyList<Span> spans)
{
    private const long Second = 1_000_000;

    // What a replica may not have heard of when it is promoted, and how long clients may take to notice who the primary is.
    // It is noticed when it has happened, some time after the primary was last heard of.
    private const long Before = 12 * Second;
    private const long After = 5 * Second;

    // What came from another server is there without having been confirmed by a replica.
    private const long AfterMove = 15 * Second;

    private readonly List<Span> _lossy =
    [
        .. spans.Where(span => span.Fault == FailoverWatch.Fault)
            .Select(span => span with { From = span.From - Before, Until = Padded(span.Until, After) }),
        .. spans.Where(span => span.Fault == FailoverWatch.Back)
            .Select(span => span with { From = span.From - Second, Until = Padded(span.Until, Second) }),
    ];

    /// <summary>Whether writes of a time may have been lost.</summary>
    public bool MayHaveLost(long from, long until) => _lossy.Any(span => span.From <= until && span.Until >= from);

    /// <summary>Whether what was there at a time, confirmed or not, may have been lost as it was on its way to another server.</summary>
    public bool MayHaveLostOnTheWay(long since) => spans.Any(move => move.Fault == FaultLog.Move && move.Until >= since
        && _lossy.Any(span => span.From <= move.Until + AfterMove && span.Until >= move.From));

    /// <summary>Which part of a time that is.</summary>
    public double PartOf(long from, long until) =>
        until > from ? (double)Disturbances.LengthOf(_lossy, from, until) / (until - from) : 0;

    private static long Padded(long until, long by) => until > long.MaxValue - by ? until : until + by;
}
