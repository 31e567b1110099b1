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

    public static int Utf8Length(string text) => Encoding.UTF8.GetByteCount(text);
}
