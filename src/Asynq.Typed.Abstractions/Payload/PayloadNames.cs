using System.Runtime.CompilerServices;

namespace Asynq.Typed.Wire;

/// <summary>What the items of lists are called, for errors: on the wire they have numbers only. One name for each of the
/// outermost levels; an item below them is told by its number.</summary>
[InlineArray(Levels)]
internal struct PayloadNames
{
    private const int Levels = 8;

    private string? _outermost;

    internal void Set(int level, string? name)
    {
        if ((uint)level < Levels)
        {
            this[level] = name;
        }
    }

    internal readonly string? At(int level) => (uint)level < Levels ? this[level] : null;
}
