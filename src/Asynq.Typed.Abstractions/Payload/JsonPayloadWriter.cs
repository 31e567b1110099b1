using System.Buffers;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Asynq.Typed.Wire;

/// <summary>
/// Writes payloads in JSON, byte for byte as Go's <c>encoding/json</c> does. Generated code calls it and knows the shape
/// of the task.
/// </summary>
/// <remarks>
/// It writes to the output's memory itself. <see cref="Utf8JsonWriter"/> checks and escapes by rules of its own, which are
/// not Go's: going round them took longer than doing without it.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref partial struct JsonPayloadWriter
{
    private const int Quotes = 2;
    private const int LeastReserve = 256;

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _used;
    private int _depth;
    private bool _needsComma;

    private JsonPayloadWriter(IBufferWriter<byte> output) => _output = output;

    /// <summary>Writes a whole payload.</summary>
    /// <exception cref="PayloadException">A value cannot be written so that it would be read again; the message names
    /// it and the reason.</exception>
    public static void Write<T>(IBufferWriter<byte> output, T task, JsonPayloadWrite<T> write)
    {
        ArgumentNullException.ThrowIfNull(output);
        // Neither by ThrowIfNull nor without looking at the type: without optimization, a struct would be boxed.
        if (!typeof(T).IsValueType && task is null)
        {
            throw new ArgumentNullException(nameof(task));
        }

        WriteValue(output, task, write);
    }

    internal static void WriteValue<T>(IBufferWriter<byte> output, T value, JsonPayloadWrite<T> write)
    {
        var writer = new JsonPayloadWriter(output);
        write(ref writer, value);
        writer.Flush();
    }

    /// <summary>The entries of a dictionary, in the order in which Go writes them.</summary>
    public static PayloadItems<KeyValuePair<TKey, TValue>> Entries<TKey, TValue>(
        IEnumerable<KeyValuePair<TKey, TValue>> dictionary)
        where TKey : notnull
    {
        var entries = dictionary is ConcurrentDictionary<TKey, TValue>
            ? PayloadItems<KeyValuePair<TKey, TValue>>.CopyOneByOne(dictionary)
            : PayloadItems<KeyValuePair<TKey, TValue>>.Copy(dictionary);
        entries.Sort(GoKeys<TKey, TValue>.Order);
        return entries;
    }

    /// <summary>Starts an object or a dictionary.</summary>
    /// <param name="count">Not needed in JSON; here for the sake of MessagePack.</param>
    public void BeginMap(int count)
    {
        _ = count;
        Begin((byte)'{');
    }

    /// <summary>Starts a list.</summary>
    /// <param name="count">Not needed in JSON; here for the sake of MessagePack.</param>
    public void BeginList(int count)
    {
        _ = count;
        Begin((byte)'[');
    }

    /// <summary>Ends the object or dictionary that was started last.</summary>
    public void End() => End((byte)'}');

    /// <summary>Ends the list that was started last.</summary>
    public void EndList() => End((byte)']');

    /// <summary>Writes the name of a member.</summary>
    /// <param name="name">The name, escaped already: the generator does so.</param>
    public void WriteName(scoped ReadOnlySpan<byte> name)
    {
        var span = Next(name.Length + Quotes + 1);
        span[0] = (byte)'"';
        name.CopyTo(span[1..]);
        span[name.Length + 1] = (byte)'"';
        span[name.Length + 2] = (byte)':';
        _used += name.Length + Quotes + 1;
        _needsComma = false;
    }

    /// <summary>Writes a null.</summary>
    public void WriteNull() => WriteLiteral("null"u8);

    /// <summary>Writes a value by a formatter.</summary>
    public void WriteWith<TFormatter, T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where TFormatter : IJsonPayloadFormatter<T>
    {
        if (value is null)
        {
            throw PayloadWriter.Null(name);
        }

        Next(0);
        Flush();
        JsonFormatted.Write<TFormatter, T>(_output, value, PayloadLimits.MaxDepth - _depth);
    }

    private void Begin(byte bracket)
    {
        if (_depth == PayloadLimits.MaxDepth)
        {
            throw PayloadWriter.TooDeep();
        }

        _depth++;
        Next(1)[0] = bracket;
        _used++;
        _needsComma = false;
    }

    private void End(byte bracket)
    {
        _depth--;
        Reserve(1)[0] = bracket;
        _used++;
        _needsComma = true;
    }

    /// <summary>Room for a value or a name, behind the comma that may stand before it. The next value needs one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Next(int count)
    {
        var span = Reserve(count + 1);
        if (_needsComma)
        {
            span[0] = (byte)',';
            _used++;
            return span[1..];
        }

        _needsComma = true;
        return span;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Reserve(int count)
    {
        if (_span.Length - _used < count)
        {
            Grow(count);
        }

        return _span[_used..];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        _output.Advance(_used);
        _used = 0;
        _span = _output.GetSpan(Math.Max(count, LeastReserve));
    }

    private void Flush()
    {
        _output.Advance(_used);
        _used = 0;
        _span = default;
    }
}
