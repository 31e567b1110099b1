using System.Text;

namespace Asynq.Typed.Generators.Emit;

/// <summary>Writes lines of code, indented by the blocks that are open. Line ends are the same on every machine.</summary>
internal sealed class SourceWriter
{
    private const int MaxWidth = 120;
    private const int IndentWidth = 4;

    private readonly StringBuilder _text = new();
    private int _depth;

    public SourceWriter Line(string text = "")
    {
        var depth = _depth;
        while (LineBreak.Find(text, MaxWidth - (depth * IndentWidth)) is > 0 and var end)
        {
            Append(text.Substring(0, end).TrimEnd(), depth);
            text = text.Substring(end).TrimStart();
            depth = _depth + 1;
        }

        Append(text, depth);
        return this;
    }

    /// <summary>Writes a line and opens a block below it.</summary>
    public SourceWriter Open(string line)
    {
        Line(line).Line("{");
        _depth++;
        return this;
    }

    /// <summary>Closes the block that was opened last.</summary>
    public SourceWriter Close(string end = "}")
    {
        _depth--;
        return Line(end);
    }

    /// <summary>Indents the lines that follow, without braces.</summary>
    public SourceWriter Indent()
    {
        _depth++;
        return this;
    }

    /// <summary>Ends an indentation.</summary>
    public SourceWriter Outdent()
    {
        _depth--;
        return this;
    }

    public override string ToString() => _text.ToString();

    private void Append(string text, int depth)
    {
        if (text.Length > 0)
        {
            _text.Append(' ', depth * IndentWidth).Append(text);
        }

        _text.Append('\n');
    }
}
