using Asynq.Typed.Transforms;

namespace Asynq.Typed;

/// <summary>Payloads and results for people and programs to read. Nothing here asks Redis.</summary>
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
        if (task.Type != T.Descriptor.Type)
        {
            throw new ArgumentException(
                $"Task {task.Id} is of type '{task.Type}': it cannot be read as '{T.Descriptor.Type}'.", nameof(task));
        }

        return Read(task, () => T.Read(_transforms.PayloadOf(task)));
    }

    /// <summary>The payload of a task as it was serialized: decrypted and decompressed where it had to be.</summary>
    /// <param name="task">A task that this inspector has read.</param>
    /// <exception cref="UnreadableTaskException">It cannot be; the message says why.</exception>
    public ReadOnlyMemory<byte> ReadPayload(TaskInfo task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Read(task, () => _transforms.PayloadOf(task));
    }

    /// <summary>What a handler stored with a task, as it gave it; empty where it stored nothing.</summary>
    /// <param name="task">A task that this inspector has read.</param>
    /// <exception cref="UnreadableTaskException">It cannot be decrypted or decompressed; the message says why.</exception>
    public ReadOnlyMemory<byte> ReadResult(TaskInfo task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Read(task, () => _transforms.ResultOf(task));
    }

    private static TValue Read<TValue>(TaskInfo task, Func<TValue> read)
    {
        try
        {
            return read();
        }
        catch (PayloadException exception)
        {
            throw new UnreadableTaskException(task.Id, task.Type, exception);
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
