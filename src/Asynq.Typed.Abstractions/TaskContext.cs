namespace Asynq.Typed;

/// <summary>One attempt at a task, as its handler sees it.</summary>
public abstract class TaskContext
{
    /// <summary>The task's id, unique within its queue.</summary>
    public abstract string TaskId { get; }

    /// <summary>The task's type name on the wire.</summary>
    public abstract string Type { get; }

    /// <summary>The queue that the task was taken from.</summary>
    public abstract string Queue { get; }

    /// <summary>The group that the task was enqueued with; <c>null</c> for none.</summary>
    public abstract string? Group { get; }

    /// <summary>The payload as it came over the wire.</summary>
    public abstract ReadOnlyMemory<byte> Payload { get; }

    /// <summary>How many attempts have failed before this one: 0 on the first.</summary>
    public abstract int RetryCount { get; }

    /// <summary>How many failed attempts are tried again before the task is archived.</summary>
    public abstract int MaxRetry { get; }

    /// <summary>When this attempt is cancelled, by the clock of the server that runs it.</summary>
    public abstract DateTimeOffset Deadline { get; }

    /// <summary>The task's headers; empty where it has none.</summary>
    public abstract IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The services of this attempt's scope.</summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>
    /// Stores <paramref name="result"/> with the task. It can be read as long as the task exists, so give the task a
    /// retention if it is to be read after completion. A later write replaces an earlier one.
    /// </summary>
    /// <returns><c>false</c> if this attempt no longer owns the task, in which case nothing was written.</returns>
    public abstract Task<bool> WriteResultAsync(
        ReadOnlyMemory<byte> result, CancellationToken cancellationToken = default);

    /// <summary>Reads the payload as <typeparamref name="TTask"/>.</summary>
    /// <exception cref="UnreadableTaskException">The bytes are not a <typeparamref name="TTask"/>. Thrown out of a
    /// handler, it tells the server that trying again is of no use.</exception>
    public TTask ReadPayload<TTask>()
        where TTask : IAsynqTask<TTask>
    {
        try
        {
            return TTask.Read(Payload);
        }
        catch (PayloadException exception)
        {
            throw new UnreadableTaskException(TaskId, Type, exception);
        }
    }
}
