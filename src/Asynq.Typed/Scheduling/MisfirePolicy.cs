namespace Asynq.Typed;

/// <summary>
/// What a scheduler does with ticks that it missed: while no scheduler ran, Redis could not be reached, or the process was
/// suspended. A tick is missed once it is late by more than <see cref="AsynqSchedulerOptions.MisfireThreshold"/>.
/// </summary>
public sealed record MisfirePolicy
{
    private const int MostLimit = 1_000;

    private MisfirePolicy(string name, int limit, bool takesLate)
    {
        Name = name;
        Limit = limit;
        TakesLate = takesLate;
    }

    /// <summary>Missed ticks are dropped. Of several that are not late yet, the newest is enqueued.</summary>
    public static MisfirePolicy Skip { get; } = new(nameof(Skip), 1, takesLate: false);

    /// <summary>However many ticks were missed, one task is enqueued, for the newest of them.</summary>
    public static MisfirePolicy Once { get; } = new(nameof(Once), 1, takesLate: true);

    /// <summary>How many of the due ticks are enqueued at most: the newest.</summary>
    internal int Limit { get; }

    /// <summary>Whether a tick that is late is enqueued at all.</summary>
    internal bool TakesLate { get; }

    private string Name { get; }

    /// <summary>Every missed tick is enqueued, the oldest first; of more than <paramref name="limit"/>, the newest.</summary>
    /// <param name="limit">From 1 to 1,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of its range.</exception>
    public static MisfirePolicy All(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostLimit);
        return new MisfirePolicy(nameof(All), limit, takesLate: true);
    }

    /// <summary>The policy as it is written: <c>Skip</c>, <c>Once</c> or <c>All(10)</c>.</summary>
    public override string ToString() => Name == nameof(All) ? $"{Name}({Limit})" : Name;
}
