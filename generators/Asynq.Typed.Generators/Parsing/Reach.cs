using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>What generated code, which stands in a file and a class of its own, can name.</summary>
internal static class Reach
{
    /// <summary>The type that keeps a class from being registered for one of its interfaces: the class itself, or a part of what
    /// the interface is of; <c>null</c> where generated code can name all of them.</summary>
    public static ITypeSymbol? Obstacle(INamedTypeSymbol handler, INamedTypeSymbol contract)
    {
        if (!CanName(handler))
        {
            return handler;
        }

        foreach (var argument in contract.TypeArguments)
        {
            if (Hidden(argument, handler.ContainingAssembly) is { } hidden)
            {
                return hidden;
            }
        }

        return null;
    }

    /// <summary>Whether generated code of the same assembly can name the class.</summary>
    public static bool CanName(INamedTypeSymbol type)
    {
        for (var level = type; level is not null; level = level.ContainingType)
        {
            if (level.IsGenericType)
            {
                return false;
            }
        }

        return IsSeen(type, type.ContainingAssembly);
    }

    /// <summary>Whether a type, or a member of one, is seen everywhere in an assembly.</summary>
    public static bool IsSeen(ISymbol symbol, IAssemblySymbol assembly)
    {
        for (var level = symbol; level is not null; level = level.ContainingType)
        {
            if (level is INamedTypeSymbol { IsFileLocal: true })
            {
                return false;
            }

            switch (level.DeclaredAccessibility)
            {
                case Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal:
                case Accessibility.Internal or Accessibility.ProtectedOrInternal when !IsShared(level.ContainingAssembly, assembly):
                    return false;
            }
        }

        return true;
    }

    /// <summary>The part of a type that is not seen everywhere in an assembly; <c>null</c> where all of it is.</summary>
    private static ITypeSymbol? Hidden(ITypeSymbol type, IAssemblySymbol assembly)
    {
        if (type is IArrayTypeSymbol array)
        {
            return Hidden(array.ElementType, assembly);
        }

        for (var level = type as INamedTypeSymbol; level is not null; level = level.ContainingType)
        {
            foreach (var argument in level.TypeArguments)
            {
                if (Hidden(argument, assembly) is { } hidden)
                {
                    return hidden;
                }
            }
        }

        return IsSeen(type, assembly) ? null : type;
    }

    private static bool IsShared(IAssemblySymbol? owner, IAssemblySymbol assembly) =>
        owner is not null && (SymbolEqualityComparer.Default.Equals(owner, assembly) || owner.GivesAccessTo(assembly));
}
