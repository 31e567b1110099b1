namespace Asynq.Typed;

/// <summary>
/// Makes one task of many: of all tasks of a type that have come together in a group. Resolved from a service scope of
/// its own for each batch. Found at build time, like handlers.
/// </summary>
/// <typeparam name="TTask">The tasks of the group, marked with <see cref="AsynqTaskAttribute"/>.</typeparam>
/// <typeparam name="TBatch">The task that is enqueued in their place, marked in the same way.</typeparam>
public interface IAggregate<TTask, TBatch>
    where TTask : IAsynqTask<TTask>
    where TBatch : IAsynqTask<TBatch>
{
    /// <summary>
    /// Aggregates tasks. An exception, or a result of nothing, gives the tasks back to their group, to be tried again
    /// later.
    /// </summary>
    /// <param name="group">The group, and the ids of the tasks.</param>
    /// <param name="tasks">The tasks, oldest first. At least one.</param>
    /// <param name="cancellationToken">Cancelled before another server may take the tasks, or when this one shuts
    /// down.</param>
    ValueTask<AggregateResult<TBatch>> AggregateAsync(
        GroupContext group, IReadOnlyList<TTask> tasks, CancellationToken cancellationToken);
}
