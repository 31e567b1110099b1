using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Asynq.Typed.Wire;

/// <summary>Finds the name of the value at an offset in JSON, by reading the payload again from its start.</summary>
internal static class JsonPayloadPath
{
    /// <summary>The path of the value at <paramref name="target"/>, such as <c>Lines[2].Price</c>; empty for the
    /// payload itself.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="target">An offset in it.</param>
    /// <param name="names">The names of items on the way.</param>
    internal static string Find(ReadOnlySpan<byte> payload, long target, PayloadNames names)
    {
        var levels = new List<Level>();
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = PayloadLimits.MaxDepth });
        try
        {
            while (reader.Read())
            {
                Step(ref reader, levels);
                if (reader.TokenStartIndex >= target)
                {
                    break;
                }

                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    levels.Add(new Level(reader.TokenType == JsonTokenType.StartArray));
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The text is damaged: what is known of the path up to there is the answer.
        }

        return Describe(levels, names);
    }

    private static void Step(ref Utf8JsonReader reader, List<Level> levels)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                levels.RemoveAt(levels.Count - 1);
                break;
            case JsonTokenType.PropertyName:
                levels[^1].Name = reader.GetString() ?? "";
                break;
            default:
                if (levels.Count > 0)
                {
                    levels[^1].Index++;
                }

                break;
        }
    }

    private static string Describe(List<Level> levels, PayloadNames names)
    {
        var path = new StringBuilder();
        for (var depth = 0; depth < levels.Count; depth++)
        {
            var level = levels[depth];
            if (level.IsList && level.Index >= 0 && names.At(depth) is { } name)
            {
                AppendMember(path, name);
            }
            else if (level.IsList)
            {
                if (level.Index >= 0)
                {
                    path.Append('[').Append(level.Index.ToString(CultureInfo.InvariantCulture)).Append(']');
                }
            }
            else if (level.Name.Length > 0)
            {
                AppendMember(path, level.Name);
            }
        }

        return path.ToString();
    }

    private static void AppendMember(StringBuilder path, string name)
    {
        if (name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-'))
        {
            path.Append(path.Length == 0 ? "" : ".").Append(PayloadFault.Short(name));
            return;
        }

        path.Append('[').Append(PayloadFault.Short(name)).Append(']');
    }

    private sealed class Level(bool isList)
    {
        public bool IsList { get; } = isList;

        public string Name { get; set; } = "";

        public int Index { get; set; } = -1;
    }
}
