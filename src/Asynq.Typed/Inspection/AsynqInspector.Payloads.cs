using Asynq.Typed.Transforms;

namespace Asynq.Typed;

/// <summary>Payloads and results for people and programs to read. Only what a worker is running asks Redis.</summary>
public sealed partial class AsynqInspector
{
    /// <summary>The payload of a task for people to read: whatever it is, nothing is thrown.</summary>
    /// <param name="task">A task that this inspector has read.</param>
    public PayloadView ViewPayload(TaskInfo task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return View(task.Payload, () => _transforms.PayloadOf(task));
    }

    /// <summary>What a handler stored with a task, for people to read: whatever it is, nothing is thrown.</summary>
    /// <param name="task">A task that this inspector has read.</param>
    public PayloadView ViewResult(TaskInfo task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return View(task.Result, () => _transforms.ResultOf(task));
    }

    /// <summary>The payload of a task as the type that its name stands for.</summary>
    /// <param name="task">A task that this inspector has read.</param>
    /// <exception cref="ArgumentException">The task is of another type.</exception>
    /// <exception cref="UnreadableTaskException">The payload is not a <typeparamref name="T"/>, or cannot be decrypted; the message
    /// says why.</exception>
    public T ReadPayload<T>(TaskInfo task)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(task);
        RequireType<T>($"Task {task.Id}", task.Type, nameof(task));
        return Read(
            () => T.Read(_transforms.PayloadOf(task)),
            reason => new UnreadableTaskException(task.Id, task.Type, reason));
    }

    /// <summary>The payload of a task as it was serialized: decrypted and decompressed where it had to be.</summary>
    /// <param name="task">A task that this inspector has read.</param>
    /// <exception cref="UnreadableTaskException">It cannot be; the message says why.</exception>
    public ReadOnlyMemory<byte> ReadPayload(TaskInfo task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Read(
            () => _transforms.PayloadOf(task),
            reason => new UnreadableTaskException(task.Id, task.Type, reason));
    }

    /// <summary>What a handler stored with a task, as it gave it; empty where it stored nothing.</summary>
    /// <param name="task">A task that this inspector has read.</param>
    /// <exception cref="UnreadableTaskException">It cannot be decrypted or decompressed; the message says why.</exception>
    public ReadOnlyMemory<byte> ReadResult(TaskInfo task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Read(() => _transforms.ResultOf(task), reason => UnreadableTaskException.ForResult(task.Id, task.Type, reason));
    }

    /// <summary>What a handler stored with a task, as the type that its attribute says.</summary>
    /// <typeparam name="TTask">The task, whose attribute says what its result is.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="task">A task that this inspector has read.</param>
    /// <exception cref="ArgumentException">The task is of another type.</exception>
    /// <exception cref="InvalidOperationException">The task has no result.</exception>
    /// <exception cref="UnreadableTaskException">
    /// The result is not a <typeparamref name="TResult"/>, or cannot be decrypted or decompressed; the message says why.
    /// </exception>
    public TResult ReadResult<TTask, TResult>(TaskInfo task)
        where TTask : IAsynqTask<TTask>, IAsynqResult<TTask, TResult>
    {
        ArgumentNullException.ThrowIfNull(task);
        RequireType<TTask>($"Task {task.Id}", task.Type, nameof(task));
        task.RequireResult();
        return Read(
            () => TTask.ReadResult(_transforms.ResultOf(task)),
            reason => UnreadableTaskException.ForResult(task.Id, task.Type, reason));
    }

    /// <summary>The payload of the task that a worker is running, for people to read.</summary>
    /// <remarks>
    /// A worker's record, Go's and this project's, has the payload as it is stored but none of the task's headers, so it does not
    /// say itself whether that was compressed or encrypted. The task does: it is asked for, in one call. Where the task is no
    /// longer the one of the record, because it has ended and was deleted, or replaced under its id, nothing says so any more:
    /// the record's bytes are shown for what they are, transformed ones in hexadecimal. To read it as its type, or as bytes, give
    /// the task of <see cref="GetTaskAsync(WorkerReport, CancellationToken)"/> to <see cref="ReadPayload{T}(TaskInfo)"/>.
    /// </remarks>
    /// <param name="worker">What this inspector has read of a worker.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RedisUnreachableException">Redis cannot be reached.</exception>
    public async Task<PayloadView> ViewPayloadAsync(WorkerReport worker, CancellationToken cancellationToken = default)
    {
        return await GetTaskAsync(worker, cancellationToken).ConfigureAwait(false) is { } task
            ? ViewPayload(task)
            : PayloadView.Of(worker.TaskPayload);
    }

#pragma warning disable CA1822 // Asked for as those of tasks are
    /// <summary>
    /// The payload that a scheduler's entry enqueues, for people to read: whatever it is, nothing is thrown. An entry has it as it
    /// is serialized, before any transform; where its tasks are encrypted it has none, and the view is empty.
    /// </summary>
    /// <param name="entry">What this inspector has read of an entry.</param>
    public PayloadView ViewPayload(SchedulerEntryReport entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return PayloadView.Of(entry.TaskPayload);
    }

    /// <summary>The payload that a scheduler's entry enqueues, as the type that its name stands for.</summary>
    /// <param name="entry">What this inspector has read of an entry.</param>
    /// <exception cref="ArgumentException">The entry's tasks are of another type.</exception>
    /// <exception cref="PayloadException">
    /// The payload is not a <typeparamref name="T"/>; the message says why. An entry whose tasks are encrypted shows none.
    /// </exception>
    public T ReadPayload<T>(SchedulerEntryReport entry)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(entry);
        RequireType<T>($"What scheduler entry {entry.Id} enqueues", entry.TaskType, nameof(entry));
        try
        {
            return T.Read(entry.TaskPayload);
        }
        catch (PayloadException exception)
        {
            throw new PayloadException(
                $"The payload of scheduler entry {entry.Id} cannot be read as '{entry.TaskType}': {exception.Message}", exception);
        }
    }
#pragma warning restore CA1822

    private static void RequireType<T>(string what, string type, string parameter, string fault = "it cannot be read as")
        where T : IAsynqTask<T>
    {
        if (type != T.Descriptor.Type)
        {
            throw new ArgumentException($"{what} is of type '{type}': {fault} '{T.Descriptor.Type}'.", parameter);
        }
    }

    private static TValue Read<TValue>(Func<TValue> read, Func<PayloadException, UnreadableTaskException> unreadable)
    {
        try
        {
            return read();
        }
        catch (PayloadException exception)
        {
            throw unreadable(exception);
        }
    }

    private static PayloadView View(ReadOnlyMemory<byte> stored, Func<ReadOnlyMemory<byte>> read)
    {
        try
        {
            return PayloadView.Of(read());
        }
        catch (PayloadException exception)
        {
            return PayloadView.Unreadable(stored, exception);
        }
    }
}
