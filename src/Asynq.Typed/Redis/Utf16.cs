using System.Text;

namespace Asynq.Typed.Redis;

/// <summary>What may become a key or a protobuf string: text without lone surrogates, which UTF-8 cannot hold.</summary>
internal static class Utf16
{
    /// <summary>Whether the text can be written as UTF-8.</summary>
    internal static bool IsValid(string text) => LoneSurrogate(text) < 0;

    /// <summary>Refuses text that cannot be written as UTF-8.</summary>
    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    internal static void Require(string text, string what, string? parameter = null)
    {
        if (LoneSurrogate(text) is var at && at >= 0)
        {
            throw new ArgumentException(
                $"{what} is not valid UTF-16: there is a lone surrogate at position {at}; remove or replace it.", parameter);
        }
    }

    /// <summary>The text with each lone surrogate replaced, for texts that must be stored whatever they hold.</summary>
    internal static string Replace(string text) =>
        LoneSurrogate(text) < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static int LoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at]))
            {
                continue;
            }

            if (!char.IsHighSurrogate(text[at]) || at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]))
            {
                return at;
            }

            at++;
        }

        return -1;
    }
}
