using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Why nothing is generated for a task. Only analyzers show it.</summary>
/// <param name="symbol">The type or member that is at fault.</param>
/// <param name="reason">What is wrong with it and what to do, as the rest of a sentence that starts with its name.</param>
/// <param name="kind">What the fault is about.</param>
internal readonly struct ShapeFault(ISymbol symbol, string reason, ShapeFaultKind kind = ShapeFaultKind.Shape)
{
    /// <summary>Why a formatter of MessagePack-CSharp is refused.</summary>
    public const string ForeignFormatter =
        "has a [MessagePackFormatter], which payloads do not use: name one with [PayloadFormatter], and let it call that one";

    /// <summary>Why an attribute is refused that tells System.Text.Json what to write.</summary>
    /// <param name="attribute">Its name, as in code.</param>
    public static string ForeignJson(string attribute) =>
        $"has a [{attribute}], which payloads do not use: name a formatter with [PayloadFormatter], or take the attribute away";

    public ISymbol Symbol { get; } = symbol;

    public string Reason { get; } = reason;

    public ShapeFaultKind Kind { get; } = kind;
}

/// <summary>What a fault is about.</summary>
internal enum ShapeFaultKind
{
    /// <summary>A type that cannot be seen whole, or that a payload cannot hold.</summary>
    Shape,

    /// <summary>A member whose type a payload cannot hold, and a formatter could.</summary>
    Value,

    /// <summary>A key that does not go with the others.</summary>
    Key,

    /// <summary>A member that lacks a number, or has that of another one.</summary>
    Number,
}
