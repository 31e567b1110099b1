using MessagePack;

namespace Asynq.Typed;

/// <summary>Writes and reads a type that the generator does not know, in MessagePack. See
/// <see cref="PayloadFormatterAttribute"/>.</summary>
/// <typeparam name="T">The type.</typeparam>
public interface IPayloadFormatter<T>
{
    /// <summary>Writes exactly one value.</summary>
    static abstract void Write(ref MessagePackWriter writer, T value);

    /// <summary>Reads exactly one value. Any exception means that the payload cannot be read.</summary>
    static abstract T Read(ref MessagePackReader reader);
}
