namespace Asynq.Typed.Torture.Verdicts;

/// <summary>What the verdict counts. Every one of these fails the run but those that say otherwise.</summary>
internal enum Fact
{
    /// <summary>Accepted, and neither done nor there.</summary>
    Lost,

    /// <summary>As <see cref="Lost"/>, accepted about the time of a failover. Not promised; does not fail the run.</summary>
    LostByFailover,

    /// <summary>Ran while another run held the task.</summary>
    Overlapping,

    /// <summary>As <see cref="Overlapping"/>, about the time of a failover. Not promised; does not fail the run.</summary>
    OverlappingByFailover,

    /// <summary>Taken from a run, or written by one, against its lease.</summary>
    Unfenced,

    /// <summary>Taken over before lease and grace had passed.</summary>
    TooEarly,

    /// <summary>Ran again although it had been done and nothing had been broken.</summary>
    AgainWithoutCause,

    /// <summary>A handler was called when the lease was already over, or the task another's.</summary>
    StartedLate,

    /// <summary>A shutdown spent an attempt.</summary>
    AttemptSpent,

    /// <summary>An attempt was counted that no handler saw, and no worker had been stopped or cut off.</summary>
    AttemptUnseen,

    /// <summary>Two tasks of one unique key were accepted while the first was not done.</summary>
    NotUnique,

    /// <summary>Refused, and there all the same.</summary>
    RefusedButThere,

    /// <summary>Refused for a reason that passes, before that was waited for as long as is promised.</summary>
    GivenUpSoon,

    /// <summary>Enqueued twice, or never, for one tick.</summary>
    WrongTick,

    /// <summary>Left in a state in which it should not be when all is done.</summary>
    Stuck,

    /// <summary>A key that belongs to nothing.</summary>
    Orphaned,

    /// <summary>A unique lock whose task is done.</summary>
    LeakedLock,

    /// <summary>The run could not go on: a server that was to be healed does not answer, a process does not end.</summary>
    BrokenOff,
}

/// <summary>One thing that was found.</summary>
internal sealed record Finding(Fact Fact, string What)
{
    public bool FailsTheRun => Fact is not (Fact.LostByFailover or Fact.OverlappingByFailover);
}
