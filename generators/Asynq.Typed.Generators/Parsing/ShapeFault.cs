using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Why nothing is generated for a task. Only analyzers show it.</summary>
/// <param name="symbol">The type or member that is at fault.</param>
/// <param name="reason">What is wrong with it and what to do, as the rest of a sentence that starts with its name.</param>
internal readonly struct ShapeFault(ISymbol symbol, string reason)
{
    public ISymbol Symbol { get; } = symbol;

    public string Reason { get; } = reason;
}
