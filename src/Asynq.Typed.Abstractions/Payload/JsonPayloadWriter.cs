using System.Buffers;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Asynq.Typed.Wire;

/// <summary>
/// Writes payloads in JSON, byte for byte as Go's <c>encoding/json</c> does. Generated code calls it and knows the shape
/// of the task.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref partial struct JsonPayloadWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = GoJsonEncoder.Instance,
        MaxDepth = PayloadLimits.MaxDepth,

        // Generated code opens and closes in pairs; a formatter of the user's is trusted to do so as well.
        SkipValidation = true,
    };

    // One for each thread, so that writing allocates nothing. Taken while in use: a getter may enqueue a task itself.
    [ThreadStatic]
    private static Utf8JsonWriter? s_spare;

    private readonly Utf8JsonWriter _writer;

    private JsonPayloadWriter(Utf8JsonWriter writer) => _writer = writer;

    /// <summary>Writes a whole payload.</summary>
    /// <exception cref="PayloadException">A value cannot be written so that it would be read again; the message names
    /// it and the reason.</exception>
    public static void Write<T>(IBufferWriter<byte> output, T task, JsonPayloadWrite<T> write)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(task);
        WriteValue(output, task, write);
    }

    internal static void WriteValue<T>(IBufferWriter<byte> output, T value, JsonPayloadWrite<T> write)
    {
        var json = s_spare ?? new Utf8JsonWriter(output, Options);
        s_spare = null;
        json.Reset(output);
        var writer = new JsonPayloadWriter(json);
        write(ref writer, value);
        json.Flush();
        s_spare = json;
    }

    /// <summary>The entries of a dictionary, in the order in which Go writes them.</summary>
    public static KeyValuePair<TKey, TValue>[] Sorted<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> entries) =>
        GoKeys.Sort(entries);

    /// <summary>Starts an object or a dictionary.</summary>
    /// <param name="count">Not needed in JSON; here for the sake of MessagePack.</param>
    public void BeginMap(int count)
    {
        _ = count;
        Enter();
        _writer.WriteStartObject();
    }

    /// <summary>Starts a list.</summary>
    /// <param name="count">Not needed in JSON; here for the sake of MessagePack.</param>
    public void BeginList(int count)
    {
        _ = count;
        Enter();
        _writer.WriteStartArray();
    }

    /// <summary>Ends the object or dictionary that was started last.</summary>
    public void End() => _writer.WriteEndObject();

    /// <summary>Ends the list that was started last.</summary>
    public void EndList() => _writer.WriteEndArray();

    /// <summary>Escapes the name of a member, once for all times that it is written.</summary>
    public static JsonEncodedText Encode(string name) => JsonEncodedText.Encode(name, GoJsonEncoder.Instance);

    /// <summary>Writes the name of a member.</summary>
    public void WriteName(JsonEncodedText name) => _writer.WritePropertyName(name);

    /// <summary>Writes a null.</summary>
    public void WriteNull() => _writer.WriteNullValue();

    /// <summary>Writes a value by a formatter.</summary>
    public void WriteWith<TFormatter, T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where TFormatter : IJsonPayloadFormatter<T>
    {
        if (value is null)
        {
            throw PayloadWriter.Null(name);
        }

        TFormatter.Write(_writer, value);
    }

    private void Enter()
    {
        if (_writer.CurrentDepth == PayloadLimits.MaxDepth)
        {
            throw PayloadWriter.TooDeep();
        }
    }
}
