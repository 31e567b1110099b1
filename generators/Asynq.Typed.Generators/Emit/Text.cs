using System.Globalization;
using System.Text;
using Asynq.Typed.Generators.Parsing;

namespace Asynq.Typed.Generators.Emit;

/// <summary>Constants as they are written in code.</summary>
internal static class Text
{
    public static string Of(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The bytes of a text.</summary>
    public static string Utf8(string text) => Literal.Of(text) + "u8";

    /// <summary>A name as Go's <c>encoding/json</c> escapes it: the runtime writes names as they stand in the code.</summary>
    public static string EscapeJson(string name)
    {
        var escaped = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            _ = character switch
            {
                '"' or '\\' => escaped.Append('\\').Append(character),
                '\b' => escaped.Append("\\b"),
                '\f' => escaped.Append("\\f"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' =>
                    escaped.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture)),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }

    public static int Utf8Length(string text) => Encoding.UTF8.GetByteCount(text);
}
