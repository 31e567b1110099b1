using System.Collections.Immutable;

namespace Asynq.Typed.Redis;

/// <summary>
/// How many archived tasks a queue keeps, and for how long. Shared by all that archive through one broker, the inspector
/// too: whoever archives also trims.
/// </summary>
internal sealed class ArchiveLimits
{
    /// <summary>asynq's own limit. Past about 18,000 its archive script fails half-way.</summary>
    internal const int GoMaxSize = 10_000;

    internal static readonly TimeSpan DefaultMaxAge = TimeSpan.FromDays(90);

    private volatile ImmutableHashSet<string> _sharedWithGo = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    internal ArchiveLimits()
        : this(GoMaxSize, DefaultMaxAge)
    {
    }

    internal ArchiveLimits(int maxSize, TimeSpan maxAge)
    {
        MaxSize = maxSize;
        MaxAge = maxAge;
    }

    /// <summary>How many archived tasks a queue keeps, unless a Go server takes tasks from it.</summary>
    internal int MaxSize { get; }

    /// <summary>How long a queue keeps an archived task.</summary>
    internal TimeSpan MaxAge { get; }

    /// <summary>Whether a Go server could not bear as many.</summary>
    internal bool ExceedsGo => MaxSize > GoMaxSize;

    /// <summary>How many archived tasks a queue keeps now.</summary>
    internal int MaxSizeOf(string queue) =>
        ExceedsGo && _sharedWithGo.Contains(queue) ? GoMaxSize : MaxSize;

    /// <summary>Go servers take tasks from these queues, and from no others.</summary>
    internal void ShareWithGo(IEnumerable<string> queues) =>
        _sharedWithGo = queues.ToImmutableHashSet(StringComparer.Ordinal);
}
