using System.Buffers;
using System.Text.Json;

namespace Asynq.Typed.Wire;

/// <summary>Lets formatters of the user's write JSON, no deeper than is left for them.</summary>
internal static class JsonFormatted
{
    // One for each depth and thread, so that writing allocates nothing: a writer keeps the limit that it was made with. Taken
    // while in use: a formatter may enqueue a task itself.
    [ThreadStatic]
    private static Utf8JsonWriter?[]? s_spare;

    /// <summary>Writes one value.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="value">The value.</param>
    /// <param name="depth">How deep it may nest.</param>
    /// <exception cref="PayloadException">It nests deeper.</exception>
    internal static void Write<TFormatter, T>(IBufferWriter<byte> output, T value, int depth)
        where TFormatter : IJsonPayloadFormatter<T>
    {
        if (depth == 0)
        {
            WriteFlat<TFormatter, T>(output, value);
            return;
        }

        var spare = s_spare ??= new Utf8JsonWriter?[PayloadLimits.MaxDepth + 1];
        var json = spare[depth] ?? Create(output, depth);
        spare[depth] = null;
        json.Reset(output);
        Write<TFormatter, T>(json, value, depth);
        spare[depth] = json;
    }

    /// <summary>Writes a value that may not nest at all: there is no writer with that limit.</summary>
    private static void WriteFlat<TFormatter, T>(IBufferWriter<byte> output, T value)
        where TFormatter : IJsonPayloadFormatter<T>
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = Create(buffer, depth: 1);
        Write<TFormatter, T>(json, value, depth: 1);
        if (buffer.WrittenSpan is [(byte)'{' or (byte)'[', ..])
        {
            throw PayloadWriter.TooDeep();
        }

        output.Write(buffer.WrittenSpan);
    }

    private static void Write<TFormatter, T>(Utf8JsonWriter json, T value, int depth)
        where TFormatter : IJsonPayloadFormatter<T>
    {
        try
        {
            TFormatter.Write(json, value);
        }
        catch (InvalidOperationException) when (json.CurrentDepth >= depth)
        {
            throw PayloadWriter.TooDeep();
        }

        json.Flush();
    }

    private static Utf8JsonWriter Create(IBufferWriter<byte> output, int depth) => new(output, new JsonWriterOptions
    {
        Encoder = GoJsonEncoder.Instance,
        MaxDepth = depth,

        // A formatter of the user's is trusted to open and close in pairs.
        SkipValidation = true,
    });
}
