namespace Asynq.Typed.Torture.Verdicts;

/// <summary>What the ledgers say of one task. Times are microseconds since 1970; 0 is never.</summary>
internal sealed class TaskHistory(string id)
{
    public string Id { get; } = id;

    /// <summary>Empty where the library made the task: a bundle, a tick.</summary>
    public string Kind { get; set; } = "";

    public string Queue { get; set; } = "";

    public string UniqueKey { get; set; } = "";

    public long IntentAt { get; set; }

    public long AcceptedAt { get; set; }

    /// <summary>Whether all replicas had it when it was accepted.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Before when it must not be run.</summary>
    public long DueAt { get; set; }

    /// <summary>When the client said that it does not know whether it is there.</summary>
    public long UnknownAt { get; set; }

    public string? Refusal { get; set; }

    public long RefusedAt { get; set; }

    /// <summary>Whether it was refused for a reason that passes.</summary>
    public bool RefusalPasses { get; set; }

    /// <summary>By start.</summary>
    public List<Run> Runs { get; } = [];

    /// <summary>When a handler first did all of its work; for a task of a group, that of its bundle.</summary>
    public long DoneAt { get; set; }
}

/// <summary>One run of a handler.</summary>
internal sealed class Run(string name, string taskId, long start)
{
    // Expiries are stored without their fraction of a second, and clocks are set by Redis' to within a round trip.
    private const long Margin = 1_500_000;

    private const long Long = 1_000_000;

    public string Name { get; } = name;

    public string TaskId { get; } = taskId;

    public long Start { get; } = start;

    /// <summary>Worker and process id.</summary>
    public string Process => Name[..Name.LastIndexOf('.')];

    public int RetryCount { get; init; }

    /// <summary>The tick that the task was enqueued for (Unix s); empty where it was not by a scheduler.</summary>
    public string Tick { get; init; } = "";

    public IReadOnlyList<string> Members { get; set; } = [];

    public string Owner { get; set; } = "";

    /// <summary>Until when it is known to have held the task. 0 where that is not known.</summary>
    public long Lease { get; set; }

    /// <summary>Until when it held the task when it started. 0 where that is not known.</summary>
    public long FirstLease { get; set; }

    /// <summary>Whether, as soon as it had started, the task was found to be nobody's, or another's.</summary>
    public bool NeverHeld { get; set; }

    /// <summary>Whether the task was no longer its own when it started.</summary>
    public bool IsLate => NeverHeld || (FirstLease > 0 && Start > FirstLease + Margin);

    /// <summary>Whether it lasted so long that its lease must have been seen, had the suite been able to look.</summary>
    public bool IsLong => EndAt - Start >= Long;

    public long ToldAt { get; set; }

    public long EndAt { get; set; }

    public string End { get; set; } = "";

    /// <summary>When Redis no longer named it as the owner, while it ran and had been told nothing.</summary>
    public long UsurpedAt { get; set; }

    /// <summary>When it began to write a result that Redis took.</summary>
    public long ResultAt { get; set; }
}
