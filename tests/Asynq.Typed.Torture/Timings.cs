namespace Asynq.Typed.Torture;

/// <summary>The intervals of a run: the defaults of the library, or short ones.</summary>
internal sealed record Timings
{
    public static readonly Timings Default = new();

    public static readonly Timings Quick = new()
    {
        HurriesSets = true,
        Drain = TimeSpan.FromSeconds(90),
        Lease = TimeSpan.FromSeconds(3),
        Grace = TimeSpan.FromSeconds(1),
        Recoverer = TimeSpan.FromSeconds(1),
        Heartbeat = TimeSpan.FromSeconds(0.5),
        Sync = TimeSpan.FromSeconds(0.5),
        GroupGrace = TimeSpan.FromSeconds(1),
        Pauses = [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(9)],
        ShutdownTimeout = TimeSpan.FromSeconds(2),
        BetweenFaults = TimeSpan.FromSeconds(2),
    };

    public TimeSpan Lease { get; private init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Grace { get; private init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Recoverer { get; private init; } = TimeSpan.FromSeconds(60);

    public TimeSpan Heartbeat { get; private init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Sync { get; private init; } = TimeSpan.FromSeconds(5);

    public TimeSpan GroupGrace { get; private init; } = TimeSpan.FromMinutes(1);

    public TimeSpan ShutdownTimeout { get; private init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long Redis does not answer.</summary>
    public IReadOnlyList<TimeSpan> Pauses { get; private init; } =
        [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(90)];

    /// <summary>How long it is quiet between two faults, on average.</summary>
    public TimeSpan BetweenFaults { get; private init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long a worker is frozen so that its tasks are others' when it wakes.</summary>
    public TimeSpan PastLease => Lease + Grace + Recoverer + TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long it may take after the last fault until everything is done. Two minutes of it are the deadline of an aggregation
    /// set.
    /// </summary>
    public TimeSpan Drain { get; private init; } = TimeSpan.FromSeconds(30 + 30 + 60 + 60 + 200);

    /// <summary>
    /// Whether the deadlines of aggregation sets whose worker died are brought forward once all faults are over: they are two
    /// minutes, which is no option, and would be most of a short run.
    /// </summary>
    public bool HurriesSets { get; private init; }

    public static Timings Of(bool quick) => quick ? Quick : Default;
}
