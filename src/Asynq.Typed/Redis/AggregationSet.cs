namespace Asynq.Typed.Redis;

/// <summary>Tasks of a group that are to become one.</summary>
/// <param name="Tasks">The tasks, by arrival.</param>
/// <param name="Deadline">When the set is given back to its group, if nothing came of it.</param>
/// <param name="Quarantined">Ids that were archived because they cannot be read.</param>
internal sealed record AggregationSet(
    IReadOnlyList<TaskMessage> Tasks, DateTimeOffset Deadline, IReadOnlyList<string> Quarantined);
