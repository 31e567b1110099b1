using System.ComponentModel;
using MessagePack;
using static MessagePack.MessagePackPrimitives;

namespace Asynq.Typed.Wire;

/// <summary>
/// Reads payloads in MessagePack. Generated code calls it and knows the shape of the task; what happens when the bytes
/// do not fit is decided here.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref partial struct PayloadReader
{
    private readonly ReadOnlyMemory<byte> _payload;
    private readonly ReadOnlySpan<byte> _bytes;

    // Where the next value starts, and where the last one did that was asked for.
    private int _at;
    private int _start;
    private int _depth;

    // For how many items room can still be reserved. Each item takes a byte or more, and no byte is of two items: what headers
    // claim beyond the payload's length, they claim twice.
    private int _room;
    private PayloadNames _names;

    private PayloadReader(ReadOnlyMemory<byte> payload)
    {
        _payload = payload;
        _bytes = payload.Span;
        _room = payload.Length;
    }

    /// <summary>Reads a whole payload.</summary>
    /// <exception cref="PayloadException">The bytes are not a <typeparamref name="T"/>; the message names the member
    /// and the reason.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> payload, PayloadRead<T> read)
    {
        var reader = new PayloadReader(payload);
        try
        {
            var value = read(ref reader);
            reader.RequireEnd();
            return value;
        }
        catch (Exception exception)
        {
            // Whatever it is: the bytes decide what happens in there, the task's own constructor included.
            throw reader.Describe(exception);
        }
    }

    /// <summary>Starts an object or a dictionary.</summary>
    public PayloadMap BeginMap()
    {
        Enter();
        Take(TryReadMapHeader(_bytes[_at..], out var header, out var size), size, "a map");
        var count = Count(header, bytesOfEach: 2);
        return new PayloadMap(count, Reserve(count), _start);
    }

    /// <summary>Reads the name of the next member; <c>false</c>, and the object is closed, if there is none.</summary>
    public bool NextMember(scoped ref PayloadMap map, out PayloadName name)
    {
        if (map.Remaining == 0)
        {
            _depth--;
            name = default;
            return false;
        }

        map.Remaining--;
        _start = _at;
        var result = TryReadStringHeader(_bytes[_at..], out var length, out var size);
        if (result == DecodeResult.TokenMismatch)
        {
            // A key of another type belongs to no member: as good as an unknown name.
            SkipValue();
            name = default;
        }
        else
        {
            Take(result, size, "a string");
            name = new PayloadName(TakeBytes(length));
        }

        return true;
    }

    /// <summary>Whether a dictionary has another entry; if not, it is closed.</summary>
    public bool NextEntry(scoped ref PayloadMap map)
    {
        if (map.Remaining == 0)
        {
            _depth--;
            return false;
        }

        map.Remaining--;
        return true;
    }

    /// <summary>Starts a list.</summary>
    public PayloadList BeginList()
    {
        Enter();
        _names.Set(_depth - 1, null);
        var count = ReadArrayHeader();
        return new PayloadList(count, Reserve(count), _start);
    }

    /// <summary>Whether a list has another item; if not, it is closed.</summary>
    public bool NextItem(scoped ref PayloadList list)
    {
        if (list.Remaining == 0)
        {
            _depth--;
            return false;
        }

        list.Remaining--;
        return true;
    }

    /// <summary>Passes over a value that no member asks for.</summary>
    public void Skip()
    {
        _start = _at;
        _names.Set(_depth - 1, null);
        SkipValue();
    }

    /// <summary>Reads a null, if the next value is one.</summary>
    public bool TryReadNull()
    {
        _start = _at;
        if (_at == _bytes.Length)
        {
            throw PayloadFault.CutShort(_start);
        }

        if (_bytes[_at] != MessagePackCode.Nil)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>The error for an object that lacks members. Names all of them.</summary>
    /// <param name="map">The object.</param>
    /// <param name="members">The members that must be there, and whether they are.</param>
    public static Exception Missing(
        PayloadMap map, params ReadOnlySpan<(bool Found, string Name)> members) =>
        PayloadFault.Missing(members, map.Start);

    private int Reserve(int count)
    {
        var capacity = Math.Min(count, _room);
        _room -= capacity;
        return capacity;
    }

    private void Enter()
    {
        _start = _at;
        if (_depth == PayloadLimits.MaxDepth)
        {
            throw PayloadFault.TooDeep(_start);
        }

        _depth++;
    }

    private readonly void RequireEnd()
    {
        if (_at != _bytes.Length)
        {
            throw new PayloadFault("is followed by bytes that do not belong to it", 0);
        }
    }

    private readonly PayloadException Describe(Exception exception)
    {
        var offset = exception is PayloadFault { Offset: var known } ? known : _start;
        byte? code = offset < _bytes.Length ? _bytes[(int)offset] : null;
        var fault = (exception, code) switch
        {
            (MessagePackSerializationException, MessagePackCode.Nil) => PayloadFault.Null(offset),
            (OverflowException, MessagePackCode.Array32 or MessagePackCode.Map32) => PayloadFault.CutShort(offset),
            _ => exception,
        };
        return PayloadFault.Describe(fault, PayloadPath.Find(_payload, offset, _names));
    }
}
