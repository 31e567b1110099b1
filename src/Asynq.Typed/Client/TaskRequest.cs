namespace Asynq.Typed;

/// <summary>A task and how it is to be enqueued: what makes tasks of different types one batch. Made by <c>Create</c>.</summary>
public sealed class TaskRequest
{
    private TaskRequest(TaskBody body, EnqueueOptions? options)
    {
        Body = body;
        Options = options;
    }

    /// <summary>The task's type name on the wire.</summary>
    public string Type => Body.Task.Type;

    /// <summary>The payload as it is serialized, before any transform.</summary>
    public ReadOnlyMemory<byte> Payload => Body.Payload;

    /// <summary>How to enqueue the task; <c>null</c> for as its type says.</summary>
    public EnqueueOptions? Options { get; }

    internal TaskBody Body { get; }

    /// <summary>A typed task.</summary>
    /// <param name="task">The payload. It is written now: later changes of it do not count.</param>
    /// <param name="options">How to enqueue it. Default: as its type says.</param>
    /// <exception cref="PayloadException">The value cannot be written.</exception>
    public static TaskRequest Create<T>(T task, EnqueueOptions? options = null)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(task);
        return new TaskRequest(TaskBody.Of(task, options), options);
    }

    /// <summary>A task whose type is known by its name alone.</summary>
    /// <param name="type">The task's type name on the wire. Not blank.</param>
    /// <param name="payload">
    /// The payload. It is copied, and stored as it is unless <see cref="EnqueueOptions.TransformPayload"/> is on.
    /// </param>
    /// <param name="options">How to enqueue it. Default: as asynq does by default.</param>
    public static TaskRequest CreateRaw(string type, ReadOnlyMemory<byte> payload, EnqueueOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(type);
        return new TaskRequest(TaskBody.Raw(type, payload), options);
    }
}
