using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>An active task whose worker is thought dead.</summary>
/// <param name="Key">Its id as Redis has it, which need not be UTF-8: what a call about it must name.</param>
/// <param name="Score">When its lease ended, in Unix seconds, as Redis writes it; empty where it has none.</param>
/// <param name="Message">The task; <c>null</c> where it cannot be read.</param>
/// <param name="Fault">Why it cannot be read.</param>
internal sealed record ExpiredLease(RedisValue Key, string Score, TaskMessage? Message, string Fault)
{
    /// <summary>Its id, for messages.</summary>
    internal string Id { get; } = Key.ToString();

    internal DateTimeOffset? ExpiredAt =>
        double.TryParse(Score, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
}

/// <summary>What one recovery found and did.</summary>
internal sealed class RecoveryResult
{
    internal const string Retry = "r";
    internal const string Archive = "a";
    internal const string Quarantine = "x";

    private readonly List<string> _retried = [];
    private readonly List<string> _archived = [];
    private readonly List<string> _quarantined = [];
    private readonly Dictionary<string, Exception> _failures = new(StringComparer.Ordinal);

    /// <summary>Ids that are to be tried again.</summary>
    internal IReadOnlyList<string> Retried => _retried;

    /// <summary>Ids that had no attempt left.</summary>
    internal IReadOnlyList<string> Archived => _archived;

    /// <summary>Ids that were archived because they cannot be read.</summary>
    internal IReadOnlyList<string> Quarantined => _quarantined;

    /// <summary>How many remnants were removed: ids without a hash, leases of tasks that are not active.</summary>
    internal int Dropped { get; private set; }

    /// <summary>Ids whose delay could not be worked out, and why. They stay as they are.</summary>
    internal IReadOnlyDictionary<string, Exception> Failures => _failures;

    /// <summary>How many of <see cref="Failures"/> have an expired lease, and so stay at the head of that list.</summary>
    internal int LeftExpired { get; private set; }

    internal void Fail(ExpiredLease lease, Exception error)
    {
        if (_failures.TryAdd(lease.Id, error) && lease.ExpiredAt is not null)
        {
            LeftExpired++;
        }
    }

    /// <summary>Notes what became of a task.</summary>
    /// <returns>Whether it has left the list of those to be recovered.</returns>
    internal bool Count(int code, string id, string how)
    {
        const int Taken = 0;
        const int Remnant = 2;
        switch (code)
        {
            case Taken when how == Retry:
                _retried.Add(id);
                break;
            case Taken when how == Archive:
                _archived.Add(id);
                break;
            case Taken:
                _quarantined.Add(id);
                break;
            case Remnant:
                Dropped++;
                break;
            default:
                return false;
        }

        return true;
    }
}
