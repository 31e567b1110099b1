namespace Asynq.Typed.Torture.Faults;

/// <summary>Faults of one lane come one after the other; those of different lanes mix.</summary>
internal enum Lane
{
    Workers,
    Redis,
    Network,
    Content,
}

/// <summary>Something that can be broken.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Lane">With what it does not overlap.</param>
/// <param name="ActAsync">Breaks it, and mends it again.</param>
internal sealed record Fault(string Name, Lane Lane, Func<Stage, Random, Task> ActAsync);
