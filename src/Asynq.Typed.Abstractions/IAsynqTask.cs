using System.Buffers;

namespace Asynq.Typed;

/// <summary>
/// A task payload that knows its own wire form. Implemented by the source generator for every
/// <see cref="AsynqTaskAttribute"/> type; not meant to be written by hand.
/// </summary>
/// <typeparam name="TSelf">The payload type itself.</typeparam>
public interface IAsynqTask<TSelf>
    where TSelf : IAsynqTask<TSelf>
{
    /// <summary>The task's name on the wire and its defaults.</summary>
    static abstract TaskDescriptor Descriptor { get; }

    /// <summary>Appends the wire form of <paramref name="task"/> to <paramref name="output"/>.</summary>
    /// <exception cref="PayloadException">The value's run-time type is derived from <typeparamref name="TSelf"/>, so
    /// that members would be lost, or it nests deeper than the limit.</exception>
    static abstract void Write(IBufferWriter<byte> output, TSelf task);

    /// <summary>
    /// Appends the members marked with <see cref="UniqueKeyAttribute"/>, in the task's format: what its unique key is made of.
    /// Default: writes nothing.
    /// </summary>
    /// <returns>Whether the type has such members; where it has none, the key is made of the whole payload.</returns>
    /// <exception cref="PayloadException">As for <see cref="Write"/>.</exception>
    static virtual bool WriteUniqueKey(IBufferWriter<byte> output, TSelf task) => false;

    /// <summary>Reads a task from its wire form.</summary>
    /// <exception cref="PayloadException">The bytes are not a <typeparamref name="TSelf"/>; the message names the
    /// member and the reason.</exception>
    static abstract TSelf Read(ReadOnlyMemory<byte> payload);
}
