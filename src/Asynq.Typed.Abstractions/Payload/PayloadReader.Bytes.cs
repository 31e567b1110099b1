using System.Runtime.CompilerServices;
using MessagePack;
using static MessagePack.MessagePackPrimitives;

namespace Asynq.Typed.Wire;

/// <summary>What the reads have in common: the payload lies in one piece, so that a place in it is a number.</summary>
public ref partial struct PayloadReader
{
    /// <summary>Goes past what was decoded, or refuses it.</summary>
    /// <param name="result">How decoding went.</param>
    /// <param name="size">How many bytes were decoded.</param>
    /// <param name="expected">What should be there, for the error: <c>a number</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(DecodeResult result, int size, string expected)
    {
        if (result != DecodeResult.Success)
        {
            throw Refused(result, expected);
        }

        _at += size;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> TakeBytes(uint length)
    {
        if (length > (uint)(_bytes.Length - _at))
        {
            throw PayloadFault.CutShort(_start);
        }

        var bytes = _bytes.Slice(_at, (int)length);
        _at += (int)length;
        return bytes;
    }

    /// <summary>How many values follow a header. Each takes a byte or more: where there are fewer, nothing is read for them.</summary>
    private readonly int Count(uint header, int bytesOfEach) => (long)header * bytesOfEach <= _bytes.Length - _at
        ? (int)header
        : throw PayloadFault.CutShort(_start);

    private int ReadArrayHeader()
    {
        Take(TryReadArrayHeader(_bytes[_at..], out var header, out var size), size, "a list");
        return Count(header, bytesOfEach: 1);
    }

    private ReadOnlySpan<byte> ReadUtf8()
    {
        _start = _at;
        Take(TryReadStringHeader(_bytes[_at..], out var length, out var size), size, "a string");
        return TakeBytes(length);
    }

    /// <summary>Bytes, or a string as the bytes that it is: the older MessagePack knew one type for both.</summary>
    private ReadOnlySpan<byte> ReadBinary()
    {
        _start = _at;
        var result = TryReadBinHeader(_bytes[_at..], out var length, out var size);
        if (result == DecodeResult.TokenMismatch)
        {
            result = TryReadStringHeader(_bytes[_at..], out length, out size);
        }

        Take(result, size, "bytes");
        return TakeBytes(length);
    }

    private void SkipValue()
    {
        var reader = new MessagePackReader(_payload[_at..]);
        MessagePackSkip.Value(ref reader, _depth, origin: _at);
        _at += (int)reader.Consumed;
    }

    private readonly PayloadFault Refused(DecodeResult result, string expected)
    {
        if (result != DecodeResult.TokenMismatch)
        {
            return PayloadFault.CutShort(_start);
        }

        // What does not fit may stand behind a header: a time's in a list of a time and an offset.
        var code = _bytes[_at];
        return code == MessagePackCode.Nil
            ? PayloadFault.Null(_start)
            : new PayloadFault($"is {Name(MessagePackCode.ToMessagePackType(code))} in place of {expected}", _start);
    }

    private static string Name(MessagePackType type) => type switch
    {
        MessagePackType.Integer => "an integer",
        MessagePackType.Boolean => "a boolean",
        MessagePackType.Float => "a number with a fraction",
        MessagePackType.String => "a string",
        MessagePackType.Binary => "bytes",
        MessagePackType.Array => "a list",
        MessagePackType.Map => "a map",
        MessagePackType.Extension => "an extension",
        _ => "nothing that MessagePack knows",
    };
}
