using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Asynq.Typed.Wire;

/// <summary>
/// Escapes what Go's <c>encoding/json</c> escapes, and nothing else: quotation marks, backslashes, control characters,
/// what HTML would take for markup, and the two line separators.
/// </summary>
internal sealed unsafe class GoJsonEncoder : JavaScriptEncoder
{
    internal static readonly GoJsonEncoder Instance = new();

    /// <summary>The length of <c>\u2028</c>.</summary>
    internal const int LongestEscape = 6;

    private const char LineSeparator = '\u2028';
    private const char ParagraphSeparator = '\u2029';

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\', '<', '>', '&']);

    // In UTF-8, the line separators are E2 80 A8 and E2 80 A9: what starts with E2 is looked at closely.
    private const byte FirstOfSeparator = 0xe2;

    private static readonly SearchValues<byte> EscapedAscii = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (byte)code), .. "\"\\<>&"u8]);

    private static readonly SearchValues<byte> EscapedUtf8 = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (byte)code), .. "\"\\<>&"u8, FirstOfSeparator]);

    /// <inheritdoc />
    public override int MaxOutputCharactersPerInputCharacter => LongestEscape;

    /// <inheritdoc />
    public override int FindFirstCharacterToEncode(char* text, int textLength) =>
        IndexOfEscaped(new ReadOnlySpan<char>(text, textLength));

    /// <summary>Whether a text has something to be escaped.</summary>
    /// <param name="text">The text.</param>
    /// <param name="utf8">The same in UTF-8: half as long where it is ASCII.</param>
    internal static bool NeedsEscape(ReadOnlySpan<char> text, ReadOnlySpan<byte> utf8) =>
        utf8.ContainsAny(EscapedAscii)
        || (text.Length != utf8.Length && text.ContainsAny(LineSeparator, ParagraphSeparator));

    /// <summary>Where the first character stands that is to be escaped; -1 if none is.</summary>
    internal static int IndexOfEscaped(ReadOnlySpan<char> characters)
    {
        // Two searches: one for ASCII and the separators together is several times slower.
        var escaped = characters.IndexOfAny(Escaped);
        var separator = (escaped < 0 ? characters : characters[..escaped]).IndexOfAny(LineSeparator, ParagraphSeparator);
        return separator >= 0 ? separator : escaped;
    }

    /// <summary>Writes the escape of a character.</summary>
    internal static int Escape(char character, Span<byte> output)
    {
        output[0] = (byte)'\\';
        if (Short(character) is { } letter)
        {
            output[1] = (byte)letter;
            return 2;
        }

        output[1] = (byte)'u';
        ((uint)character).TryFormat(output[2..], out var digits, "x4", CultureInfo.InvariantCulture);
        return digits + 2;
    }

    /// <inheritdoc />
    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
    {
        for (var start = 0; start < utf8Text.Length;)
        {
            var found = utf8Text[start..].IndexOfAny(EscapedUtf8);
            if (found < 0)
            {
                break;
            }

            start += found;
            if (utf8Text[start] != FirstOfSeparator || IsSeparator(utf8Text[start..]))
            {
                return start;
            }

            start++;
        }

        return -1;
    }

    /// <inheritdoc />
    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is LineSeparator or ParagraphSeparator
        || (unicodeScalar <= char.MaxValue && Escaped.Contains((char)unicodeScalar));

    /// <inheritdoc />
    public override bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        if (!WillEncode(unicodeScalar))
        {
            return new Rune(unicodeScalar).TryEncodeToUtf16(output, out numberOfCharactersWritten);
        }

        var escape = Short((char)unicodeScalar) is { } letter ? $"\\{letter}" : $"\\u{unicodeScalar:x4}";
        numberOfCharactersWritten = escape.Length;
        return escape.TryCopyTo(output);
    }

    private static bool IsSeparator(ReadOnlySpan<byte> text) =>
        text.StartsWith("\u2028"u8) || text.StartsWith("\u2029"u8);

    private static char? Short(char character) => character switch
    {
        '"' or '\\' => character,
        '\b' => 'b',
        '\f' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        _ => null,
    };
}
