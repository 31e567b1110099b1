using Asynq.Typed.Client;

namespace Asynq.Typed;

/// <summary>A task and how it is to be enqueued: what makes tasks of different types one batch. Made by <c>Create</c>.</summary>
public sealed class TaskRequest
{
    private TaskRequest(TaskDescriptor descriptor, byte[] payload, EnqueueOptions? options)
    {
        Descriptor = descriptor;
        Bytes = payload;
        Options = options;
    }

    /// <summary>The task's type name on the wire.</summary>
    public string Type => Descriptor.Type;

    /// <summary>The payload as it goes over the wire.</summary>
    public ReadOnlyMemory<byte> Payload => Bytes;

    /// <summary>How to enqueue the task; <c>null</c> for as its type says.</summary>
    public EnqueueOptions? Options { get; }

    internal TaskDescriptor Descriptor { get; }

    internal byte[] Bytes { get; }

    /// <summary>A typed task.</summary>
    /// <param name="task">The payload. It is written now: later changes of it do not count.</param>
    /// <param name="options">How to enqueue it. Default: as its type says.</param>
    /// <exception cref="PayloadException">The value cannot be written.</exception>
    public static TaskRequest Create<T>(T task, EnqueueOptions? options = null)
        where T : IAsynqTask<T>
    {
        ArgumentNullException.ThrowIfNull(task);
        return new TaskRequest(T.Descriptor, PayloadBuffer.Write(task), options);
    }

    /// <summary>A task whose type is known by its name alone.</summary>
    /// <param name="type">The task's type name on the wire. Not blank.</param>
    /// <param name="payload">The payload. It is copied.</param>
    /// <param name="options">How to enqueue it. Default: as asynq does by default.</param>
    public static TaskRequest CreateRaw(string type, ReadOnlyMemory<byte> payload, EnqueueOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(type);
        return new TaskRequest(new TaskDescriptor(type), payload.ToArray(), options);
    }
}
