using System.Text;
using System.Text.Json;

namespace Asynq.Typed.Inspection;

/// <summary>Tells JSON from other bytes.</summary>
internal static class JsonText
{
    /// <summary>Whether the bytes are one JSON value, and its text, cut to a length.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, int maxLength, out string text)
    {
        text = "";
        if (!IsJson(bytes))
        {
            return false;
        }

        // A character takes a byte at least. The last one may be cut in two, and goes with the rest.
        text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, maxLength)]);
        if (bytes.Length > maxLength)
        {
            // One place is left for the sign that says so. Only a text of ASCII alone fills all.
            text = $"{text[..Math.Min(text.Length, maxLength - 1)].TrimEnd('\uFFFD')}…";
        }

        return true;
    }

    private static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        // With comments refused, and no deeper than 64: the reader keeps one bit for each level.
        var reader = new Utf8JsonReader(bytes);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
