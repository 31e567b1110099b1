using System.Globalization;
using Asynq.Typed.Torture.Faults;
using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Verdicts;

namespace Asynq.Typed.Torture.Tests;

/// <summary>
/// The ledgers of a run, written by hand. Times are seconds since it began.
/// </summary>
internal sealed class Story
{
    internal const string Queue = "alpha";

    private const long Start = 1_800_000_000;
    private const long Second = 1_000_000;

    private readonly List<Line> _lines = [];

    private int _faults;

    internal bool FailsOver { get; init; }

    /// <summary>A lease of 3 s and a grace of 1 s, unless others are given.</summary>
    internal Timings Timings { get; init; } = Timings.Quick;

    /// <summary>A task that Redis has accepted, and when that was asked.</summary>
    internal Story Enqueued(string id, double at, double? accepted = null, string kind = "plain", string uniqueKey = "", double? due = null) =>
        Intended(id, at, kind, uniqueKey, due).Write(accepted ?? at + 0.01, Entry.Accepted, id);

    /// <summary>A task that all replicas had when Redis accepted it.</summary>
    internal Story Confirmed(string id, double at) => Intended(id, at).Write(at + 0.01, Entry.Accepted, id, Ledgers.Confirmed.ByReplicas);

    /// <summary>A task of which the client does not know whether Redis has it.</summary>
    internal Story Unknown(string id, double at, double said) => Intended(id, at).Write(said, Entry.Unknown, id, "no answer");

    internal Story Refused(string id, double at, double refused, string why, string kind = "plain") =>
        Intended(id, at, kind).Write(refused, Entry.Refused, id, "no", why);

    internal Story Intended(string id, double at, string kind = "plain", string uniqueKey = "", double? due = null) => Write(
        at, Entry.Intent, id, kind, Queue, uniqueKey, due is { } time ? Micro(time).ToString(CultureInfo.InvariantCulture) : "");

    /// <summary>A handler is called, and Redis says at once until when its lease is; nothing where that is not given.</summary>
    internal Story Started(string id, string run, double at, double? lease = null, int retry = 0, string tick = "", string? owner = null)
    {
        Write(at, Entry.Start, id, run, retry.ToString(CultureInfo.InvariantCulture), tick, Queue);
        return lease is { } until ? Held(id, run, at + 0.01, until, owner) : this;
    }

    internal Story Held(string id, string run, double at, double lease, string? owner = null) =>
        Write(at, Entry.Hold, id, run, owner ?? "owner of " + run, Seconds(lease).ToString(CultureInfo.InvariantCulture));

    internal Story Usurped(string id, string run, double at) => Write(at, Entry.Usurped, id, run, "", "0");

    internal Story Told(string id, string run, double at) => Write(at, Entry.Told, id, run);

    internal Story Ended(string id, string run, double at, string how = Ends.Ok) => Write(at, Entry.End, id, run, how);

    internal Story WroteResult(string id, string run, double began, double at) =>
        Write(at, Entry.Result, id, run, "taken", Micro(began).ToString(CultureInfo.InvariantCulture));

    internal Story MadeOf(string id, string run, double at, string members) => Write(at, Entry.Members, id, run, members);

    /// <summary>A run from its start to its end, which holds its task for 3 s.</summary>
    internal Story Ran(string id, string run, double at, int retry = 0, string tick = "", string how = Ends.Ok) =>
        Started(id, run, at, at + 3, retry, tick).Ended(id, run, at + 0.1, how);

    internal Story Fault(string fault, string target, double from, double until, string detail = "")
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{fault}#{++_faults}");
        return Write(from, Entry.Fault, id, target, detail).Write(until, Entry.Healed, id);
    }

    internal Story FailedOver(double from, double until) => Fault(FailoverWatch.Fault, FaultLog.Everybody, from, until);

    /// <summary>A process was killed by the run, unless something else is said of it.</summary>
    internal Story Exited(string process, double at, int code = 137, string cause = Causes.Killed) =>
        Fault(FaultLog.Exit, process, at, at, string.Create(CultureInfo.InvariantCulture, $"{code} {cause}"));

    /// <summary>A process was told to end, and did so in good order.</summary>
    internal Story Terminated(string process, double from, double until) =>
        Fault(FaultLog.Terminate, process, from, until).Exited(process, until, 0, Causes.Told);

    internal Story KilledItself(string process, double at) => Write(at, Entry.Died, process).Exited(process, at, cause: Causes.Nothing);

    /// <summary>All was mended, and these were to enqueue from then on.</summary>
    internal Story Healed(double at, string producers = "") => Fault(FaultLog.Heal, FaultLog.Nobody, at - 0.1, at, producers);

    internal Story Starved(string process, double from, double until) =>
        Write(until, Entry.Starved, process, Micro(from).ToString(CultureInfo.InvariantCulture));

    internal Story CutOff(string process, double from, double until, string queue = Queue) =>
        Write(until, Entry.CutOff, process, queue, Micro(from).ToString(CultureInfo.InvariantCulture));

    /// <summary>The tick of a number of seconds.</summary>
    internal static string Tick(int at) => Seconds(at).ToString(CultureInfo.InvariantCulture);

    /// <summary>What is found where the servers have no key.</summary>
    internal IReadOnlyList<Fact> Facts() => Facts(new KeyAudit());

    internal IReadOnlyList<Fact> Facts(KeyAudit keys)
    {
        Line[] lines = [.. _lines.OrderBy(line => line.At)];
        var judge = new Judge(new Histories(lines), new Disturbances(lines, FailsOver), keys, Timings);
        judge.Decide();
        return [.. judge.Findings.Select(finding => finding.Fact)];
    }

    private Story Write(double at, Entry entry, string id, params string[] fields)
    {
        _lines.Add(new Line(Micro(at), entry, id, fields));
        return this;
    }

    private static long Seconds(double at) => Start + (long)Math.Floor(at);

    private static long Micro(double at) => (Start * Second) + (long)(at * Second);
}
