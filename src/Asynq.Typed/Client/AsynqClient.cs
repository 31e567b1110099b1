using Asynq.Typed.Client;
using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;

namespace Asynq.Typed;

/// <summary>
/// Enqueues tasks. Safe for concurrent use; one is enough for a process. <c>AddAsynq()</c> registers it, and
/// <see cref="ConnectAsync(string, CancellationToken)"/> makes one without a container.
/// </summary>
public sealed partial class AsynqClient : IAsyncDisposable, IDisposable
{
    private static readonly EnqueueOptions NoOptions = new();

    private readonly BrokerSource _source;
    private readonly TransformChain _transforms;
    private readonly bool _ownsSource;

    internal AsynqClient(
        BrokerSource source, TransformChain? transforms = null, bool ownsSource = false, ReplicaWait? wait = null)
    {
        _source = source;
        _transforms = transforms ?? TransformChain.None;
        _ownsSource = ownsSource;
        _wait = wait;
    }

    /// <summary>The connection, for what else uses it.</summary>
    internal BrokerSource Source => _source;

    /// <summary>Connects a client of its own, which is to be disposed.</summary>
    /// <param name="connectionString">The Redis to use, such as <c>localhost:6379</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached; the message names the address and the
    /// reason.</exception>
    public static Task<AsynqClient> ConnectAsync(string connectionString, CancellationToken cancellationToken = default) =>
        ConnectAsync(connectionString, [], cancellationToken);

    /// <summary>Connects a client of its own, which is to be disposed, and whose payloads go through transforms.</summary>
    /// <inheritdoc cref="ConnectAsync(string, CancellationToken)"/>
    /// <param name="connectionString">The Redis to use, such as <c>localhost:6379</c>.</param>
    /// <param name="transforms">The transforms, in the order in which they are applied.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The transforms do not go together; the message says why.</exception>
    public static async Task<AsynqClient> ConnectAsync(
        string connectionString, IEnumerable<PayloadTransform> transforms, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        ArgumentNullException.ThrowIfNull(transforms);
        var chain = new TransformChain(transforms);
        var source = await BrokerSource.ConnectAsync(connectionString, cancellationToken).ConfigureAwait(false);
        return new AsynqClient(source, chain, ownsSource: true);
    }

    /// <summary>Enqueues a task.</summary>
    /// <param name="task">The payload.</param>
    /// <param name="options">How to enqueue it. Default: as its type says.</param>
    /// <param name="cancellationToken">
    /// Gives up before the task is sent. Once it is on its way the answer is awaited, so that nobody is left in doubt.
    /// </param>
    /// <returns>The task as it is stored.</returns>
    /// <exception cref="DuplicateTaskException">The task is to be unique, and is not.</exception>
    /// <exception cref="TaskIdConflictException">The queue has a task with the id that the options give.</exception>
    /// <exception cref="ReplicasNotConfirmedException">Only after <see cref="WaitForReplicas"/>: the task is stored, but too few
    /// replicas confirmed it.</exception>
    /// <exception cref="PayloadException">The value cannot be written: its run-time type is derived from
    /// <typeparamref name="T"/>, for instance.</exception>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    public async Task<TaskInfo> EnqueueAsync<T>(
        T task, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where T : IAsynqTask<T> =>
        Stored(await TryEnqueueAsync(task, options, cancellationToken).ConfigureAwait(false));

    /// <summary>Enqueues a task of any type, raw ones included.</summary>
    /// <inheritdoc cref="EnqueueAsync{T}"/>
    public async Task<TaskInfo> EnqueueAsync(TaskRequest task, CancellationToken cancellationToken = default) =>
        Stored(await TryEnqueueAsync(task, cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Enqueues a task, and says in its result whether it was refused as a duplicate or for its id. Otherwise as
    /// <see cref="EnqueueAsync"/>.
    /// </summary>
    /// <exception cref="PayloadException">The value cannot be written.</exception>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    public async Task<EnqueueResult> TryEnqueueAsync<T>(
        T task, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(task);

        // Before the connection is asked for: a value that cannot be written is refused without one.
        var body = TaskBody.Of(task, options);
        var broker = await BrokerAsync(cancellationToken).ConfigureAwait(false);
        var plan = EnqueuePlan.For(body, options ?? NoOptions, _transforms, broker.Now);
        return _wait is null
            ? EnqueueResult.Of(plan, await TracedEnqueue.SendAsync(broker, plan, "", cancellationToken).ConfigureAwait(false))
            : await SendAndConfirmAsync(broker, plan, _wait, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Enqueues a task of any type, raw ones included, and says in its result whether it was refused.</summary>
    /// <inheritdoc cref="TryEnqueueAsync{T}"/>
    public async Task<EnqueueResult> TryEnqueueAsync(TaskRequest task, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var broker = await BrokerAsync(cancellationToken).ConfigureAwait(false);
        var plan = PlanOf(task, broker.Now);
        return _wait is null
            ? EnqueueResult.Of(plan, await TracedEnqueue.SendAsync(broker, plan, "", cancellationToken).ConfigureAwait(false))
            : await SendAndConfirmAsync(broker, plan, _wait, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks Redis whether it answers.</summary>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    public async Task PingAsync(CancellationToken cancellationToken = default)
    {
        var broker = await _source.GetAsync(cancellationToken).ConfigureAwait(false);
        await broker.PingAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connection, if the client made it; one of a container stays open.</summary>
    public ValueTask DisposeAsync() => _ownsSource ? _source.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>
    /// As <see cref="DisposeAsync"/>, for those who dispose synchronously: the connection is closed, but not waited for.
    /// </summary>
    public void Dispose()
    {
        if (_ownsSource)
        {
            _source.Dispose();
        }
    }

    /// <exception cref="DuplicateTaskException">The task was refused for its lock.</exception>
    /// <exception cref="TaskIdConflictException">The task was refused for its id.</exception>
    /// <exception cref="ReplicasNotConfirmedException">The task is stored, but too few replicas confirmed it.</exception>
    private static TaskInfo Stored(EnqueueResult result)
    {
        var task = result.Attempted!;
        return result.Status switch
        {
            EnqueueStatus.Enqueued => task,
            EnqueueStatus.NotConfirmed => throw result.Error!,
            EnqueueStatus.Duplicate => throw new DuplicateTaskException(task.Queue, task.Type),
            _ => throw new TaskIdConflictException(task.Queue, task.Id),
        };
    }

    private EnqueuePlan PlanOf<T>(T task, EnqueueOptions? options, DateTimeOffset now)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(task);
        return EnqueuePlan.For(TaskBody.Of(task, options), options ?? NoOptions, _transforms, now);
    }

    private EnqueuePlan PlanOf(TaskRequest task, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(task);
        return EnqueuePlan.For(task.Body, task.Options ?? NoOptions, _transforms, now);
    }
}
