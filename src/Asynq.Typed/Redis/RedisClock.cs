namespace Asynq.Typed.Redis;

/// <summary>
/// The time by Redis' clock, from what Redis said and the timestamps of this machine, which only go forward: setting this
/// machine's clock changes nothing. It goes after Redis' clock, by at most the time that an answer takes, and not before it,
/// so that nothing is done before it is due. Before the first sample, it is this machine's own time.
/// </summary>
/// <remarks>
/// While a machine sleeps, its timestamps may stand still. Until the next sample, which a server takes at each heartbeat, this
/// clock then lags by the time slept, and leases seem to last that much longer. Redis refuses what is written on the strength of
/// one that ended: each task has its owner's token.
/// </remarks>
internal sealed class RedisClock(TimeProvider time)
{
    // Two clocks may drift apart by this part of the time that passes: 1 ms in 5 s. Those of healthy machines do by a tenth of it.
    private const double Drift = 0.000_2;

    private readonly Lock _lock = new();
    private volatile Bounds? _known;

    /// <summary>The time by Redis' clock.</summary>
    internal DateTimeOffset Now => _known is { } known ? known.Earliest + time.GetElapsedTime(known.At) : time.GetUtcNow();

    /// <summary>
    /// Takes in what Redis' clock said at some moment between two timestamps. What was known before still counts: a
    /// sample that took long leaves a better one as it is. Where both cannot be true, Redis' clock was set, or it is another Redis.
    /// </summary>
    internal void Note(DateTimeOffset said, long sent, long received)
    {
        var sample = new Bounds(received, said, said + time.GetElapsedTime(sent, received));
        lock (_lock)
        {
            _known = _known is { } known && Between(Later(known, received), sample) is { } both ? both : sample;
        }
    }

    /// <summary>What is known still, at a later timestamp.</summary>
    private Bounds Later(Bounds known, long at)
    {
        var age = time.GetElapsedTime(known.At, at);
        var drift = age.Duration() * Drift;
        return new Bounds(at, known.Earliest + age - drift, known.Latest + age + drift);
    }

    private static Bounds? Between(Bounds one, Bounds other)
    {
        var earliest = one.Earliest > other.Earliest ? one.Earliest : other.Earliest;
        var latest = one.Latest < other.Latest ? one.Latest : other.Latest;
        return earliest <= latest ? new Bounds(other.At, earliest, latest) : null;
    }

    /// <summary>Between which times Redis' clock was when this machine's timestamp was <paramref name="At"/>.</summary>
    private sealed record Bounds(long At, DateTimeOffset Earliest, DateTimeOffset Latest);
}
