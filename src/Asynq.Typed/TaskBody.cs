namespace Asynq.Typed;

/// <summary>What a task is before its enqueue: its type, and its payload as it is serialized, before any transform.</summary>
/// <param name="Task">What is known of its type.</param>
/// <param name="Payload">The payload.</param>
/// <param name="UniqueKey">What its unique key is made of; <c>null</c> for the payload.</param>
/// <param name="IsTransformed">Whether the payload goes through the transforms where its enqueue does not say.</param>
internal sealed record TaskBody(TaskDescriptor Task, byte[] Payload, byte[]? UniqueKey, bool IsTransformed)
{
    /// <summary>The bytes that tell it from others that are to be unique.</summary>
    internal byte[] UniqueContent => UniqueKey ?? Payload;

    /// <exception cref="PayloadException">The value cannot be written.</exception>
    internal static TaskBody Of<T>(T task, EnqueueOptions? options)
        where T : IAsynqTask<T>
    {
        var isUnique = (options?.UniqueFor ?? T.Descriptor.UniqueFor) != TimeSpan.Zero;
        return new TaskBody(
            T.Descriptor, PayloadBuffer.Write(task), isUnique ? PayloadBuffer.WriteUniqueKey(task) : null, IsTransformed: true);
    }

    /// <summary>A task whose payload somebody else serialized, perhaps for readers that know no transforms.</summary>
    internal static TaskBody Raw(string type, ReadOnlyMemory<byte> payload) =>
        new(new TaskDescriptor(type), payload.ToArray(), null, IsTransformed: false);

    /// <summary>Whether the payload goes through the transforms.</summary>
    internal bool GoesThroughTransforms(EnqueueOptions? options) => options?.TransformPayload ?? IsTransformed;
}
