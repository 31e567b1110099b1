namespace Asynq.Typed;

/// <summary>
/// Makes one task of many of any types: untyped, as asynq's. It is given the tasks of a group whose type has no
/// <see cref="IAggregate{TTask, TBatch}"/>, those of several types together. An exception, or <c>null</c>, gives the tasks
/// back to their group, to be tried again later.
/// </summary>
/// <param name="group">The group, and the ids of the tasks.</param>
/// <param name="tasks">The tasks, oldest first, their payloads as they were serialized. At least one.</param>
/// <param name="cancellationToken">Cancelled before another server may take the tasks, or when this one shuts down.</param>
public delegate ValueTask<RawBatch?> RawGroupAggregator(
    GroupContext group, IReadOnlyList<TaskInfo> tasks, CancellationToken cancellationToken);
