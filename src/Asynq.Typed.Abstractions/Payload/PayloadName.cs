using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Asynq.Typed.Wire;

/// <summary>The name of a member as it stands in a payload: compared without making a string of it. Used by generated
/// code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct PayloadName
{
    private readonly ReadOnlySpan<byte> _utf8;

    internal PayloadName(ReadOnlySpan<byte> utf8) => _utf8 = utf8;

    /// <summary>Its length in UTF-8.</summary>
    public int Length => _utf8.Length;

    /// <summary>Whether it is <paramref name="name"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(ReadOnlySpan<byte> name) => _utf8.SequenceEqual(name);
}
