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

    /// <summary>A handler was called before the task was due.</summary>
    StartedEarly,

    /// <summary>Not run for far longer than is promised, though nothing was broken for most of the time.</summary>
    TooLate,

    /// <summary>A run was told to end, and nothing was the matter with it, its worker or Redis.</summary>
    ToldWithoutCause,

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

    /// <summary>The client did not know what became of an enqueue, and nothing was broken.</summary>
    UnknownWithoutCause,

    /// <summary>Enqueued twice, or never, for one tick.</summary>
    WrongTick,

    /// <summary>Left in a state in which it should not be when all is done.</summary>
    Stuck,

    /// <summary>A key that belongs to nothing.</summary>
    Orphaned,

    /// <summary>A unique lock whose task is done.</summary>
    LeakedLock,

    /// <summary>A process did nothing when all was mended.</summary>
    Idle,

    /// <summary>A process ended that nobody had told to, or otherwise than it was told to.</summary>
    Crashed,

    /// <summary>The suite saw too little: of too many runs it is not known until when they held their task.</summary>
    Blind,

    /// <summary>The run could not go on: a server that was to be healed does not answer, a process does not end.</summary>
    BrokenOff,
}

/// <summary>One thing that was found.</summary>
internal sealed record Finding(Fact Fact, string What)
{
    public bool FailsTheRun => Fact is not (Fact.LostByFailover or Fact.OverlappingByFailover);
}
