using System.Buffers;
using System.Text.Unicode;

namespace Asynq.Typed.Wire;

/// <content>Text: UTF-8, escaped as Go does.</content>
public ref partial struct JsonPayloadWriter
{
    private const int MaxBytesPerCharacter = 3;

    // A longer text is written in pieces: to reserve three bytes a character would be too much.
    private const int LongText = 4096;

    private void WriteText(string text, string name)
    {
        if (text.Length > LongText)
        {
            WriteInPieces(text, name);
            return;
        }

        // Most text needs no escapes: it is written as if, and looked at then.
        var span = Next((text.Length * MaxBytesPerCharacter) + Quotes);
        if (Utf8.FromUtf16(text, span[1..], out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            throw PayloadWriter.HalfPair(name);
        }

        if (GoJsonEncoder.NeedsEscape(text, span.Slice(1, length)))
        {
            WriteEscaped(text, name);
            return;
        }

        Quote(span, length);
    }

    private void WriteInPieces(string text, string name)
    {
        Next(0);
        WriteEscaped(text, name);
    }

    /// <summary>Writes a text with its quotation marks, where a value may stand.</summary>
    private void WriteEscaped(ReadOnlySpan<char> text, string name)
    {
        Reserve(1)[0] = (byte)'"';
        _used++;
        for (var next = GoJsonEncoder.IndexOfEscaped(text); next >= 0; next = GoJsonEncoder.IndexOfEscaped(text))
        {
            Append(text[..next], name);
            var length = GoJsonEncoder.Escape(text[next], Reserve(GoJsonEncoder.LongestEscape));
            _used += length;
            text = text[(next + 1)..];
        }

        Append(text, name);
        Reserve(1)[0] = (byte)'"';
        _used++;
    }

    private void Append(ReadOnlySpan<char> text, string name)
    {
        while (!text.IsEmpty)
        {
            var span = Reserve(Math.Min(text.Length, LongText) * MaxBytesPerCharacter);
            if (Utf8.FromUtf16(text, span, out var read, out var written, replaceInvalidSequences: false)
                == OperationStatus.InvalidData)
            {
                throw PayloadWriter.HalfPair(name);
            }

            _used += written;
            text = text[read..];
        }
    }
}
