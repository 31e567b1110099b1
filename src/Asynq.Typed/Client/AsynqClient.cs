using System.Diagnostics;
using Asynq.Typed.Client;
using Asynq.Typed.Redis;

namespace Asynq.Typed;

/// <summary>
/// Enqueues tasks. Safe for concurrent use; one is enough for a process. <c>AddAsynq()</c> registers it, and
/// <see cref="ConnectAsync"/> makes one without a container.
/// </summary>
public sealed partial class AsynqClient : IAsyncDisposable, IDisposable
{
    private static readonly EnqueueOptions NoOptions = new();

    private readonly BrokerSource _source;
    private readonly bool _ownsSource;

    internal AsynqClient(BrokerSource source, bool ownsSource = false)
    {
        _source = source;
        _ownsSource = ownsSource;
    }

    /// <summary>The connection, for what else uses it.</summary>
    internal BrokerSource Source => _source;

    /// <summary>Connects a client of its own, which is to be disposed.</summary>
    /// <param name="connectionString">The Redis to use, such as <c>localhost:6379</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached; the message names the address and the
    /// reason.</exception>
    public static async Task<AsynqClient> ConnectAsync(
        string connectionString, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var source = await BrokerSource.ConnectAsync(connectionString, cancellationToken).ConfigureAwait(false);
        return new AsynqClient(source, ownsSource: true);
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
        var payload = PayloadBuffer.Write(task);
        var broker = await _source.GetAsync(cancellationToken).ConfigureAwait(false);
        var plan = EnqueuePlan.For(T.Descriptor, options ?? NoOptions, payload, broker.Now);
        return EnqueueResult.Of(plan, await TraceAsync(broker, plan, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Enqueues a task of any type, raw ones included, and says in its result whether it was refused.</summary>
    /// <inheritdoc cref="TryEnqueueAsync{T}"/>
    public async Task<EnqueueResult> TryEnqueueAsync(TaskRequest task, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var broker = await _source.GetAsync(cancellationToken).ConfigureAwait(false);
        var plan = PlanOf(task, broker.Now);
        return EnqueueResult.Of(plan, await TraceAsync(broker, plan, cancellationToken).ConfigureAwait(false));
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
    private static TaskInfo Stored(EnqueueResult result)
    {
        var task = result.Attempted!;
        return result.Status switch
        {
            EnqueueStatus.Enqueued => task,
            EnqueueStatus.Duplicate => throw new DuplicateTaskException(task.Queue, task.Type),
            _ => throw new TaskIdConflictException(task.Queue, task.Id),
        };
    }

    private static EnqueuePlan PlanOf<T>(T task, EnqueueOptions? options, DateTimeOffset now)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(task);
        return EnqueuePlan.For(T.Descriptor, options ?? NoOptions, PayloadBuffer.Write(task), now);
    }

    private static EnqueuePlan PlanOf(TaskRequest task, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(task);
        return EnqueuePlan.For(task.Descriptor, task.Options ?? NoOptions, task.Bytes, now);
    }

    private static async Task<EnqueueOutcome> TraceAsync(Broker broker, EnqueuePlan plan, CancellationToken cancellationToken)
    {
        var message = plan.Message;
        using var activity = AsynqTelemetry.StartSend(message.Queue, message.Type, message.Id);
        AsynqTelemetry.Inject(message.Headers);
        try
        {
            var outcome = await broker.EnqueueOneAsync(plan.ToItem(broker.Now), cancellationToken)
                .ConfigureAwait(false);
            if (outcome == EnqueueOutcome.Enqueued)
            {
                AsynqTelemetry.CountSent(message.Queue, message.Type);
            }

            return outcome;
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message).AddException(exception);
            throw;
        }
    }
}
