using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>Why the generator cannot add a part to a type.</summary>
internal sealed class PartFault(string text, bool isFixedByPartial = false, Location? location = null)
{
    /// <summary>The end of a sentence: what is in the way, and what to do.</summary>
    internal string Text { get; } = text;

    internal bool IsFixedByPartial { get; } = isFixedByPartial;

    /// <summary>The part of the type that is at fault; <c>null</c> for the type as a whole.</summary>
    internal Location? Location { get; } = location;
}
