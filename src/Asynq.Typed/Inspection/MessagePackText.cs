using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Asynq.Typed.Wire;
using MessagePack;

namespace Asynq.Typed.Inspection;

/// <summary>
/// Writes MessagePack as JSON. The bytes may be hostile: each is looked at once, no size that they claim is allocated, the
/// depth is limited, and the text is cut as soon as it is long enough.
/// </summary>
internal sealed class MessagePackText
{
    private const byte FirstThatIsNoAscii = 0x80;
    private const sbyte TimestampCode = -1;

    private readonly StringBuilder _text = new();
    private readonly int _maxLength;
    private bool _isCut;

    private MessagePackText(int maxLength) => _maxLength = maxLength;

    /// <summary>Whether the bytes are one MessagePack value, and its text, cut to a length.</summary>
    internal static bool TryRead(ReadOnlyMemory<byte> bytes, int maxLength, out string text)
    {
        text = "";

        // A small number is one byte, and so is a letter.
        if (bytes.IsEmpty || bytes.Span[0] < FirstThatIsNoAscii)
        {
            return false;
        }

        var writer = new MessagePackText(maxLength);
        try
        {
            var reader = new MessagePackReader(bytes);
            writer.Value(ref reader, depth: 0);
            text = writer._isCut ? $"{writer._text}…" : writer._text.ToString();
            return reader.End;
        }
        // The last two for a size that no list has, and a time that no calendar has.
        catch (Exception exception) when (exception is MessagePackSerializationException or EndOfStreamException
            or PayloadFault or OverflowException or ArgumentException)
        {
            return false;
        }
    }

    private void Value(ref MessagePackReader reader, int depth)
    {
        if (_isCut)
        {
            MessagePackSkip.Value(ref reader, depth);
            return;
        }

        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Array or MessagePackType.Map when depth == PayloadLimits.MaxDepth:
                throw PayloadFault.TooDeep(reader.Consumed);
            case MessagePackType.Array:
                Items(ref reader, depth);
                break;
            case MessagePackType.Map:
                Entries(ref reader, depth);
                break;
            case MessagePackType.String:
                Quote(ReadText(ref reader));
                break;
            case MessagePackType.Binary:
                Quote(Base64(reader.ReadBytes()));
                break;
            case MessagePackType.Extension:
                Extension(ref reader);
                break;
            default:
                Add(Scalar(ref reader));
                break;
        }
    }

    private void Items(ref MessagePackReader reader, int depth)
    {
        var count = reader.ReadArrayHeader();
        Add("[");
        for (var i = 0; i < count; i++)
        {
            Add(i == 0 ? "" : ",");
            Value(ref reader, depth + 1);
        }

        Add("]");
    }

    private void Entries(ref MessagePackReader reader, int depth)
    {
        var count = reader.ReadMapHeader();
        Add("{");
        for (var i = 0; i < count; i++)
        {
            Add(i == 0 ? "" : ",");
            Key(ref reader, depth + 1);
            Add(":");
            Value(ref reader, depth + 1);
        }

        Add("}");
    }

    /// <summary>JSON has texts for keys only: any other is shown as the text of its JSON.</summary>
    private void Key(ref MessagePackReader reader, int depth)
    {
        if (reader.NextMessagePackType == MessagePackType.String)
        {
            Value(ref reader, depth);
            return;
        }

        var key = new MessagePackText(_maxLength - Math.Min(_text.Length, _maxLength)) { _isCut = _isCut };
        key.Value(ref reader, depth);
        Quote(key._text.ToString());
        _isCut |= key._isCut;
    }

    private void Extension(ref MessagePackReader reader)
    {
        var ahead = reader.CreatePeekReader();
        var header = ahead.ReadExtensionFormatHeader();
        if (header.TypeCode == TimestampCode)
        {
            Quote(reader.ReadDateTime().ToString("O", CultureInfo.InvariantCulture));
            return;
        }

        var extension = reader.ReadExtensionFormat();
        Add(string.Create(CultureInfo.InvariantCulture, $"{{\"extension\":{extension.TypeCode},\"data\":"));
        Quote(Base64(extension.Data));
        Add("}");
    }

    private static string Scalar(ref MessagePackReader reader) => reader.NextMessagePackType switch
    {
        MessagePackType.Nil => Nil(ref reader),
        MessagePackType.Boolean => reader.ReadBoolean() ? "true" : "false",
        MessagePackType.Integer => Integer(ref reader),
        MessagePackType.Float => Float(ref reader),
        _ => throw new MessagePackSerializationException("This code stands for nothing."),
    };

    private static string Nil(ref MessagePackReader reader)
    {
        reader.ReadNil();
        return "null";
    }

    private static string Integer(ref MessagePackReader reader) => reader.NextCode == MessagePackCode.UInt64
        ? reader.ReadUInt64().ToString(CultureInfo.InvariantCulture)
        : reader.ReadInt64().ToString(CultureInfo.InvariantCulture);

    private static string Float(ref MessagePackReader reader)
    {
        var isSingle = reader.NextCode == MessagePackCode.Float32;
        var value = reader.ReadDouble();
        var text = isSingle
            ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);

        // JSON has no word for what is no number.
        return double.IsFinite(value) ? text : $"\"{text}\"";
    }

    /// <summary>A text, as far as there is room for it. What is no UTF-8 is shown as U+FFFD.</summary>
    private string ReadText(ref MessagePackReader reader)
    {
        var utf8 = reader.ReadStringSequence() ?? default;
        var room = Math.Max(_maxLength - _text.Length, 0);
        var text = Encoding.UTF8.GetString(utf8.Slice(0, Math.Min(utf8.Length, room)).ToArray());
        if (utf8.Length <= room)
        {
            return text;
        }

        // The last character may be cut in two, and goes with the rest.
        _isCut = true;
        return text.TrimEnd('\uFFFD');
    }

    private string Base64(ReadOnlySequence<byte>? bytes)
    {
        var data = bytes ?? default;
        var room = Math.Max(_maxLength - _text.Length, 0);
        _isCut |= data.Length > room;
        return Convert.ToBase64String(data.Slice(0, Math.Min(data.Length, room)).ToArray());
    }

    private void Quote(string text)
    {
        // A text that fills the room has cut what comes after it, and is shown itself.
        var isCut = _isCut;
        _isCut = false;
        Add("\"");
        AddEscaped(text);
        Add("\"");
        _isCut |= isCut;
    }

    /// <summary>As much as there is room for, but no part of an escape sequence, nor of two that stand for one character.</summary>
    private void AddEscaped(string text)
    {
        const int LongestEscape = 6;
        if (_isCut)
        {
            return;
        }

        var room = Math.Max(_maxLength - 1 - _text.Length, 0);
        var escaped = new char[Math.Min(room, text.Length * LongestEscape)];
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text, escaped, out var read, out var written);
        _text.Append(escaped, 0, written);
        _isCut = read < text.Length;
    }

    private void Add(string text)
    {
        if (_isCut)
        {
            return;
        }

        // One place is left for the sign that says so.
        var room = _maxLength - 1 - _text.Length;
        if (text.Length > room)
        {
            _isCut = true;
            text = text[..Math.Max(room, 0)];
        }

        _text.Append(text);
    }
}
