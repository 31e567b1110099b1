using System.Runtime.CompilerServices;
using Asynq.Typed.Client;
using Asynq.Typed.Redis;

namespace Asynq.Typed;

public sealed partial class AsynqClient
{
    /// <summary>
    /// Enqueues many tasks of one type, by few calls to Redis, and says of each what became of it. Nothing is sent before the
    /// results are read, and who stops reading stops the sending: read to the end. By then the tasks of up to two parts can have
    /// been stored whose results were not read.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Tasks are sent in parts of at most 500 tasks or 2 MiB, the next of which is read and sent while one is on its way, and
    /// results come in the order of the tasks, so memory does not grow with their number. The state is that of enqueueing them
    /// one by one, in their order: tasks that are unique are so among themselves.
    /// </para>
    /// <para>
    /// A task that cannot be written or sent fails alone, with the reason in <see cref="EnqueueResult.Error"/>. Only two
    /// things end the stream by an exception: what <paramref name="tasks"/> throws, after the results of all tasks before
    /// it; and a cancellation. A task without a result was not sent.
    /// </para>
    /// </remarks>
    /// <param name="tasks">The payloads.</param>
    /// <param name="options">How to enqueue each. Default: as their type says. Without a task id: it can be that of one.</param>
    /// <param name="cancellationToken">Stops before the next part: what was sent has its results.</param>
    /// <exception cref="ArgumentException">The options have a task id.</exception>
    /// <exception cref="RedisUnreachableException">Redis could not be reached at first. Later, tasks fail by it.</exception>
    public IAsyncEnumerable<EnqueueResult> EnqueueManyAsync<T>(
        IEnumerable<T> tasks, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return EnqueueManyAsync(TaskChunks.OfAsync(tasks), options, cancellationToken);
    }

    /// <summary>As the overload above. A source that makes the caller wait delays no task that it has given.</summary>
    /// <inheritdoc cref="EnqueueManyAsync{T}(IEnumerable{T}, EnqueueOptions?, CancellationToken)"/>
    public IAsyncEnumerable<EnqueueResult> EnqueueManyAsync<T>(
        IAsyncEnumerable<T> tasks, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(tasks);
        if (options?.TaskId is not null)
        {
            throw new ArgumentException(
                $"{nameof(EnqueueOptions)}.{nameof(options.TaskId)} is given for many tasks, but ids are unique within a "
                + $"queue: leave it out, or use {nameof(TaskRequest)}s with an id each.",
                nameof(options));
        }

        return SendManyAsync(tasks, (task, now) => PlanOf(task, options, now), cancellationToken);
    }

    /// <summary>Enqueues many tasks, of any types.</summary>
    /// <inheritdoc cref="EnqueueManyAsync{T}(IEnumerable{T}, EnqueueOptions?, CancellationToken)"/>
    public IAsyncEnumerable<EnqueueResult> EnqueueManyAsync(
        IEnumerable<TaskRequest> tasks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return EnqueueManyAsync(TaskChunks.OfAsync(tasks), cancellationToken);
    }

    /// <summary>Enqueues many tasks, of any types. A source that makes the caller wait delays no task that it has given.</summary>
    /// <inheritdoc cref="EnqueueManyAsync{T}(IEnumerable{T}, EnqueueOptions?, CancellationToken)"/>
    public IAsyncEnumerable<EnqueueResult> EnqueueManyAsync(
        IAsyncEnumerable<TaskRequest> tasks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return SendManyAsync(tasks, PlanOf, cancellationToken);
    }

    private async IAsyncEnumerable<EnqueueResult> SendManyAsync<TItem>(
        IAsyncEnumerable<TItem> tasks,
        Func<TItem, DateTimeOffset, EnqueuePlan> plan,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var broker = await BrokerAsync(cancellationToken).ConfigureAwait(false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Redis' time is asked for now and then: a stream may run for days.
        var chunks = TaskChunks.ReadAsync(
            tasks, task => PlannedTask.Of(task, plan, broker.Now), broker.RefreshClockAsync, _source.Time, ending.Token);
        var parts = chunks.GetAsyncEnumerator(ending.Token);
        var order = new EnqueueOrder();
        Task<bool>? next = null;
        Task<IReadOnlyList<EnqueueResult>>? sending = null;
        Task<IReadOnlyList<EnqueueResult>>? following = null;
        try
        {
            for (var more = true; more;)
            {
                // The next part is read, and on its way, before the answer to this one is awaited, so that Redis never waits.
                next = parts.MoveNextAsync().AsTask();
                following = next.IsCompletedSuccessfully && _wait is null && await next.ConfigureAwait(false)
                    ? SendAsync(broker, parts.Current, order, cancellationToken)
                    : null;
                foreach (var result in sending is null ? [] : await sending.ConfigureAwait(false))
                {
                    yield return result;
                }

                // A source that makes us wait, or throws, has held no results back.
                sending = null;
                more = await next.ConfigureAwait(false);
                sending = following ?? (more ? SendAsync(broker, parts.Current, order, cancellationToken) : null);
            }
        }
        finally
        {
            // What is on its way is awaited, and parts may not be disposed while they are asked for one.
            await ending.CancelAsync().ConfigureAwait(false);
            foreach (var underWay in (Task?[])[sending, following, next])
            {
                await (underWay ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await parts.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<EnqueueResult>> SendAsync(
        Broker broker, IReadOnlyList<PlannedTask> chunk, EnqueueOrder order, CancellationToken cancellationToken)
    {
        List<EnqueueItem> items = new(chunk.Count);
        foreach (var task in chunk)
        {
            if (task.Item is { } item)
            {
                items.Add(item);
            }
        }

        Dictionary<string, WritePath?> paths = [];
        try
        {
            if (_wait is not null)
            {
                paths = await PathsAsync(broker, items.Select(item => item.Message.Queue), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is RedisRefusedException or ObjectDisposedException)
        {
            // Nothing was sent: without it, nobody could tell later whether a replica has the tasks.
            return ResultsOf(chunk, [.. Enumerable.Repeat(new EnqueueReply(EnqueueOutcome.Failed, exception), items.Count)]);
        }

        var results = ResultsOf(chunk, await broker.EnqueueManyAsync(items, cancellationToken, order).ConfigureAwait(false));
        if (_wait is not null)
        {
            await ConfirmAsync(broker, results, paths, _wait).ConfigureAwait(false);
        }

        return results;
    }

    private static EnqueueResult[] ResultsOf(IReadOnlyList<PlannedTask> chunk, IReadOnlyList<EnqueueReply> replies)
    {
        var results = new EnqueueResult[chunk.Count];
        var sent = 0;
        for (var i = 0; i < chunk.Count; i++)
        {
            if (chunk[i].Item is not { } planned)
            {
                results[i] = chunk[i].ToFault();
                continue;
            }

            results[i] = chunk[i].ResultOf(replies[sent++]);
            if (results[i].Status == EnqueueStatus.Enqueued)
            {
                AsynqTelemetry.CountSent(planned.Message.Queue, planned.Message.Type);
            }
        }

        return results;
    }
}
