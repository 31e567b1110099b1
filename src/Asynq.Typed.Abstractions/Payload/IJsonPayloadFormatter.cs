using System.Text.Json;

namespace Asynq.Typed;

/// <summary>Writes and reads a type that the generator does not know, in JSON. See
/// <see cref="PayloadFormatterAttribute"/>.</summary>
/// <typeparam name="T">The type.</typeparam>
public interface IJsonPayloadFormatter<T>
{
    /// <summary>Writes exactly one value.</summary>
    static abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>Reads exactly one value: <paramref name="reader"/> stands on its first token, and is left on its last
    /// one. Any exception means that the payload cannot be read.</summary>
    static abstract T Read(ref Utf8JsonReader reader);
}
