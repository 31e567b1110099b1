using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Tells what the compiler warns of where generated code names it.</summary>
internal static class Obsolescence
{
    private const string Attribute = "System.ObsoleteAttribute";

    /// <summary>Whether a symbol, or a type around it, is marked as obsolete.</summary>
    public static bool IsMarked(ISymbol symbol)
    {
        for (var level = symbol; level is not null; level = level.ContainingType)
        {
            if (level.Has(Attribute))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a type is marked as obsolete, or one that its name is made of.</summary>
    public static bool IsNamedIn(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => IsNamedIn(array.ElementType),
        INamedTypeSymbol named =>
            (named.SpecialType == SpecialType.None && IsMarked(named)) || named.TypeArguments.Any(IsNamedIn),
        _ => false,
    };
}
