using System.Runtime.CompilerServices;

namespace Asynq.Typed;

public sealed partial class AsynqInspector
{
    // Of what is read of one state at a time where all of it is asked for.
    private const int WalkSize = 100;

    /// <summary>One task, with its result if it has one.</summary>
    /// <returns>The task; <c>null</c> where the queue has none with this id.</returns>
    /// <exception cref="ArgumentException"><paramref name="queue"/> cannot be a queue's name.</exception>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    public async Task<TaskInfo?> GetTaskAsync(string queue, string taskId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(taskId);
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.GetTaskInfoAsync(queue, taskId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The task that a worker was running when its server said so, in whatever state it is by now.</summary>
    /// <param name="worker">What this inspector has read of a worker.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The task; <c>null</c> where it has ended since and was deleted, or another one has its id.</returns>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    public async Task<TaskInfo?> GetTaskAsync(WorkerReport worker, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(worker);
        var task = await GetTaskAsync(worker.Queue, worker.TaskId, cancellationToken).ConfigureAwait(false);
        return task?.Type == worker.TaskType && task.Payload.Span.SequenceEqual(worker.TaskPayload.Span) ? task : null;
    }

    /// <summary>
    /// One page of the tasks of a state: active and pending ones by age, the oldest first; those of a group by arrival;
    /// scheduled and retried ones by due time; archived ones by time of death; completed ones by the time at which they
    /// are deleted. A task whose message cannot be read is listed without type; its error says why.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">The state. Those of a group are listed by <see cref="ListGroupTasksAsync"/>.</param>
    /// <param name="page">The page, from 1.</param>
    /// <param name="pageSize">Tasks of a page, at least 1. Redis is busy while it reads one: keep it below 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QueueNotFoundException">There is no such queue.</exception>
    public Task<IReadOnlyList<TaskInfo>> ListTasksAsync(
        string queue,
        TaskState state,
        int page = 1,
        int pageSize = DefaultPageSize,
        CancellationToken cancellationToken = default) =>
        ListPageAsync(queue, state, null, page, pageSize, cancellationToken);

    /// <summary>One page of the tasks that wait in a group, by arrival. An unknown group has none.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="group">The group.</param>
    /// <param name="page">The page, from 1.</param>
    /// <param name="pageSize">Tasks of a page, at least 1. Redis is busy while it reads one: keep it below 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QueueNotFoundException">There is no such queue.</exception>
    public Task<IReadOnlyList<TaskInfo>> ListGroupTasksAsync(
        string queue,
        string group,
        int page = 1,
        int pageSize = DefaultPageSize,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        return ListPageAsync(queue, TaskState.Aggregating, group, page, pageSize, cancellationToken);
    }

    /// <summary>
    /// Every task of a state, in the order of <see cref="ListTasksAsync"/>, read page by page as it is asked for. A task
    /// that is there from the beginning to the end is listed, whatever else is enqueued, moved or deleted meanwhile, by the
    /// caller too: it is safe to run, archive or delete the tasks in the loop that lists them.
    /// </summary>
    /// <remarks>
    /// Tasks that come or go meanwhile may be listed or not, and where many go at once one may be listed twice. The listing
    /// of a state that fills faster than it is read does not end by itself.
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="state">The state.</param>
    /// <param name="group">The group, where the state is aggregating; else <c>null</c>.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="QueueNotFoundException">There is no such queue.</exception>
    public async IAsyncEnumerable<TaskInfo> ListAllTasksAsync(
        string queue,
        TaskState state,
        string? group = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var broker = await BrokerOfExistingAsync(queue, cancellationToken).ConfigureAwait(false);
        var tasks = broker.WalkTasksAsync(queue, state, group, WalkSize, cancellationToken);
        await foreach (var task in tasks.ConfigureAwait(false))
        {
            yield return task;
        }
    }

    /// <summary>
    /// The tasks of a state that fit a filter, as <see cref="ListAllTasksAsync"/> lists them. Redis has no index for this: every
    /// task of the state is read, a page at a time, so memory does not grow with their number, but time does.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">The state.</param>
    /// <param name="filter">Which tasks.</param>
    /// <param name="group">The group, where the state is aggregating; else <c>null</c>.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="QueueNotFoundException">There is no such queue.</exception>
    public async IAsyncEnumerable<TaskInfo> SearchTasksAsync(
        string queue,
        TaskState state,
        TaskFilter filter,
        string? group = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await foreach (var task in ListAllTasksAsync(queue, state, group, cancellationToken).ConfigureAwait(false))
        {
            if (filter.Fits(task))
            {
                yield return task;
            }
        }
    }

    private async Task<IReadOnlyList<TaskInfo>> ListPageAsync(
        string queue, TaskState state, string? group, int page, int pageSize, CancellationToken cancellationToken)
    {
        RequirePage(page, pageSize);
        var broker = await BrokerAsync(queue, cancellationToken).ConfigureAwait(false);
        return await broker.ListTasksAsync(queue, state, group, page - 1, pageSize, cancellationToken).ConfigureAwait(false)
            ?? throw new QueueNotFoundException(queue);
    }
}
