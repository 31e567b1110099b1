using System.ComponentModel;
using System.Text.Json;

namespace Asynq.Typed.Wire;

/// <summary>
/// Reads payloads in JSON. Generated code calls it and knows the shape of the task; what happens when the text does not
/// fit is decided here.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref partial struct JsonPayloadReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = PayloadLimits.MaxDepth };

    private Utf8JsonReader _reader;
    private long _start;

    // Whether the reader stands on a token that nobody has asked for yet.
    private bool _isAhead;
    private PayloadNames _names;

    private JsonPayloadReader(ReadOnlyMemory<byte> payload) => _reader = new Utf8JsonReader(payload.Span, Options);

    /// <summary>Reads a whole payload.</summary>
    /// <exception cref="PayloadException">The text is not a <typeparamref name="T"/>; the message names the member and
    /// the reason.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> payload, JsonPayloadRead<T> read)
    {
        var reader = new JsonPayloadReader(payload);
        try
        {
            var value = read(ref reader);
            reader.RequireEnd();
            return value;
        }
        catch (Exception exception)
        {
            // Whatever it is: the text decides what happens in there, the task's own constructor included.
            throw reader.Describe(exception, payload);
        }
    }

    /// <summary>The error for an object that lacks members. Names all of them.</summary>
    public static Exception Missing(PayloadMap map, params ReadOnlySpan<(bool Found, string Name)> members) =>
        PayloadFault.Missing(members, map.Start);

    /// <summary>The error for an object, written as a list, that lacks members. Names all of them.</summary>
    public static Exception Missing(PayloadList list, params ReadOnlySpan<(bool Found, string Name)> members) =>
        PayloadFault.Missing(members, list.Start);

    /// <summary>Starts an object or a dictionary.</summary>
    public PayloadMap BeginMap()
    {
        Expect(JsonTokenType.StartObject, "an object");
        return new PayloadMap(0, 0, _start);
    }

    /// <summary>Reads the name of the next member; <c>false</c> if there is none.</summary>
    public bool NextMember(scoped ref PayloadMap map, out PayloadName name)
    {
        _ = map;
        Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            name = default;
            return false;
        }

        name = new PayloadName(Text());
        return true;
    }

    /// <summary>Whether a dictionary has another entry.</summary>
    public bool NextEntry(scoped ref PayloadMap map)
    {
        _ = map;
        Read();
        _isAhead = _reader.TokenType != JsonTokenType.EndObject;
        return _isAhead;
    }

    /// <summary>Starts a list.</summary>
    public PayloadList BeginList()
    {
        Expect(JsonTokenType.StartArray, "a list");
        _names.Set(_reader.CurrentDepth, null);
        return new PayloadList(0, 0, _start);
    }

    /// <summary>Whether a list has another item.</summary>
    public bool NextItem(scoped ref PayloadList list)
    {
        _ = list;
        Read();
        _isAhead = _reader.TokenType != JsonTokenType.EndArray;
        return _isAhead;
    }

    /// <summary>Starts a list of a key and a value.</summary>
    public void BeginUnion()
    {
        Expect(JsonTokenType.StartArray, "a list of a key and a value");
        _names.Set(_reader.CurrentDepth, null);
    }

    /// <summary>Ends a list of a key and a value.</summary>
    public void EndUnion() => Expect(JsonTokenType.EndArray, "the end of a list of a key and a value");

    /// <summary>The error for a key that stands for no type.</summary>
    public readonly Exception UnknownKey(object key) =>
        PayloadFault.UnknownKey(key, _start);

    /// <summary>Passes over a value that no member asks for.</summary>
    public void Skip()
    {
        Read();
        _names.Set(_reader.CurrentDepth - 1, null);
        _reader.Skip();
    }

    /// <summary>Reads a null, if the next value is one.</summary>
    public bool TryReadNull()
    {
        Read();
        _isAhead = _reader.TokenType != JsonTokenType.Null;
        return !_isAhead;
    }

    /// <summary>Names the item of a list that is read next, for the sake of errors.</summary>
    public void Name(string name) => _names.Set(_reader.CurrentDepth - 1, name);

    /// <summary>Reads a value by a formatter.</summary>
    public T ReadWith<TFormatter, T>()
        where TFormatter : IJsonPayloadFormatter<T>
    {
        Read();
        return TFormatter.Read(ref _reader) ?? throw PayloadFault.Null(_start);
    }

    private void Read()
    {
        if (_isAhead)
        {
            _isAhead = false;
            return;
        }

        if (!_reader.Read())
        {
            throw new EndOfStreamException();
        }

        _start = _reader.TokenStartIndex;
    }

    private void Expect(JsonTokenType type, string what)
    {
        Read();
        if (_reader.TokenType != type)
        {
            throw Unexpected(what);
        }
    }

    private readonly PayloadFault Unexpected(string what) => _reader.TokenType == JsonTokenType.Null
        ? PayloadFault.Null(_start)
        : new PayloadFault($"is not {what}", _start);

    private void RequireEnd()
    {
        if (_reader.Read())
        {
            throw new PayloadFault("is followed by text that does not belong to it", 0);
        }
    }

    /// <summary>Whether the reader stopped before a bracket that it may not open.</summary>
    private readonly bool IsTooDeep(ReadOnlySpan<byte> payload)
    {
        // The depth of a bracket is that of what surrounds it.
        var isInside = _reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        return _reader.CurrentDepth + (isInside ? 1 : 0) >= PayloadLimits.MaxDepth
            && _reader.BytesConsumed < payload.Length
            && payload[(int)_reader.BytesConsumed] is (byte)'{' or (byte)'[';
    }

    private readonly PayloadException Describe(Exception exception, ReadOnlyMemory<byte> payload)
    {
        var offset = exception is PayloadFault { Offset: var known } ? known : _start;
        if (exception is JsonException && IsTooDeep(payload.Span))
        {
            exception = PayloadFault.TooDeep(offset);
        }

        return PayloadFault.Describe(exception, JsonPayloadPath.Find(payload.Span, offset, _names));
    }
}
