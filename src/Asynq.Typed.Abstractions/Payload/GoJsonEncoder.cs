using System.Buffers;
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

    private const int LongestEscape = 6;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\', '<', '>', '&', '\u2028', '\u2029']);

    /// <inheritdoc />
    public override int MaxOutputCharactersPerInputCharacter => LongestEscape;

    /// <inheritdoc />
    public override int FindFirstCharacterToEncode(char* text, int textLength) =>
        new ReadOnlySpan<char>(text, textLength).IndexOfAny(Escaped);

    /// <inheritdoc />
    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar <= char.MaxValue && Escaped.Contains((char)unicodeScalar);

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
