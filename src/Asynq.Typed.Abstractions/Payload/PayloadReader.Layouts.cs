using MessagePack;

namespace Asynq.Typed.Wire;

public ref partial struct PayloadReader
{
    /// <summary>Names the item of a list that is read next, for the sake of errors: on the wire it has a number
    /// only.</summary>
    public void Name(string name) => _names.Set(_depth - 1, name);

    /// <summary>The error for an object, written as a list, that lacks members. Names all of them.</summary>
    public static Exception Missing(
        PayloadList list, params ReadOnlySpan<(bool Found, string Name)> members) =>
        PayloadFault.Missing(members, list.Start);

    /// <summary>Starts a list of a key and a value.</summary>
    public void BeginUnion()
    {
        Enter();
        _names.Set(_depth - 1, null);
        if (ReadArrayHeader() != 2)
        {
            throw new PayloadFault("is not a list of a key and a value", _start);
        }
    }

    /// <summary>Ends a list of a key and a value.</summary>
    public void EndUnion() => _depth--;

    /// <summary>The error for a key that stands for no type.</summary>
    public readonly Exception UnknownKey(object key) =>
        PayloadFault.UnknownKey(key, _start);

    /// <summary>Reads a value by a formatter.</summary>
    public T ReadWith<TFormatter, T>()
        where TFormatter : IPayloadFormatter<T>
    {
        _start = _at;
        var reader = new MessagePackReader(_payload[_at..]);
        var value = TFormatter.Read(ref reader) ?? throw PayloadFault.Null(_start);
        _at += (int)reader.Consumed;
        return value;
    }
}
