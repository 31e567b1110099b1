namespace Asynq.Typed.Generators.Emit;

/// <summary>Finds where a line of code that is too wide is broken, as a person would: at the outermost place, as late as
/// fits.</summary>
internal static class LineBreak
{
    /// <summary>Where the rest of the line begins; 0 where the line fits, or cannot be broken.</summary>
    public static int Find(string line, int width)
    {
        if (line.Length <= width || line.StartsWith("//", StringComparison.Ordinal) || line[0] == '#')
        {
            return 0;
        }

        var best = 0;
        var isBestAssignment = true;
        var outermost = int.MaxValue;
        var generic = 0;
        var depth = 0;
        for (var i = 0; i < width; i++)
        {
            switch (line[i])
            {
                case '"':
                    i = EndOfString(line, i);
                    continue;
                case ')' or ']' or '}':
                    depth--;
                    continue;
                case '<' when i > 0 && char.IsLetterOrDigit(line[i - 1]):
                    generic = i + 1;
                    continue;
            }

            // A setter stays in one piece where its neighbours can be parted.
            var isAssignment = At(line, i - 2, " = ");
            if ((isAssignment || IsBreak(line, i))
                && (depth < outermost || (depth == outermost && (isBestAssignment || !isAssignment))))
            {
                best = i + 1;
                isBestAssignment = isAssignment;
                outermost = depth;
            }

            if (line[i] is '(' or '[' or '{')
            {
                depth++;
            }
        }

        return best > 0 ? best : generic;
    }

    /// <summary>Whether a line may end with this character.</summary>
    private static bool IsBreak(string line, int i) => line[i] switch
    {
        '(' => line[i + 1] != ')',
        ' ' => line[i - 1] == ',' || At(line, i + 1, "? ") || At(line, i + 1, ": ") || At(line, i + 1, "||") || At(line, i - 2, "=>"),
        _ => false,
    };

    private static bool At(string line, int start, string text) =>
        start >= 0 && string.CompareOrdinal(line, start, text, 0, text.Length) == 0;

    private static int EndOfString(string line, int start)
    {
        var i = start + 1;
        while (i < line.Length - 1 && line[i] != '"')
        {
            i += line[i] == '\\' ? 2 : 1;
        }

        return i;
    }
}
