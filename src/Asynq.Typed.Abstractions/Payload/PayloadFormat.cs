namespace Asynq.Typed;

/// <summary>How a payload is written. Part of a task's contract: whoever reads it must know.</summary>
public enum PayloadFormat
{
    /// <summary>MessagePack: a map keyed by the names of the members, or an array where they have numbers.</summary>
    MessagePack = 0,

    /// <summary>JSON, byte for byte as Go's <c>encoding/json</c> writes it, so that unique keys agree.</summary>
    Json = 1,

    /// <summary>The bytes of the task's only member, which is a <c>byte[]</c> or a
    /// <see cref="ReadOnlyMemory{T}"/> of bytes, as they are.</summary>
    Raw = 2,
}
