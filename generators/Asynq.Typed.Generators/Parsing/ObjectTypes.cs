using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Tells which types can be objects in a payload.</summary>
internal static class ObjectTypes
{
    /// <summary>Whether the type has a shape. Types of the framework that are not known by name have none: their public
    /// members say little of what is in them.</summary>
    public static bool IsObject(INamedTypeSymbol type) =>
        type is
        {
            TypeKind: TypeKind.Class or TypeKind.Struct,
            SpecialType: SpecialType.None,
            IsAbstract: false,
            IsStatic: false,
            IsRefLikeType: false,
            IsAnonymousType: false,
            IsUnboundGenericType: false,
        }
        && !IsOpenGeneric(type)
        && (!IsOfFramework(type) || IsPair(type));

    /// <summary>Whether the type lacks an argument, as <c>List&lt;&gt;</c> does.</summary>
    public static bool IsUnbound(ITypeSymbol type) => type is INamedTypeSymbol { IsUnboundGenericType: true };

    /// <summary>Whether the type is a tuple class or a pair: written as a list, like a tuple.</summary>
    public static bool IsPair(INamedTypeSymbol type) =>
        type is { Name: "KeyValuePair", TypeArguments.Length: 2 }
            ? type.ContainingNamespace.ToDisplayString() == "System.Collections.Generic"
            : type is { Name: "Tuple", TypeArguments.Length: > 0 and < 8 }
                && type.ContainingNamespace.ToDisplayString() == "System";

    /// <summary>The framework's type that a type is derived from: what it holds cannot be seen. <c>null</c> if there is
    /// none.</summary>
    public static INamedTypeSymbol? FrameworkBase(INamedTypeSymbol type) =>
        IsPair(type) ? null : MemberFinder.Levels(type).FirstOrDefault(IsOfFramework);

    /// <summary>Whether the arguments of a type nest deeper than a number.</summary>
    public static bool IsDeeperThan(ITypeSymbol type, int depth) => type switch
    {
        IArrayTypeSymbol array => depth == 0 || IsDeeperThan(array.ElementType, depth - 1),
        INamedTypeSymbol { TypeArguments.Length: > 0 } named =>
            depth == 0 || named.TypeArguments.Any(argument => IsDeeperThan(argument, depth - 1)),
        _ => false,
    };

    private static bool IsOpenGeneric(INamedTypeSymbol type) =>
        type.TypeArguments.Any(argument => argument.TypeKind == TypeKind.TypeParameter
            || (argument is INamedTypeSymbol named && IsOpenGeneric(named)))
        || (type.ContainingType is { } outer && IsOpenGeneric(outer));

    private static bool IsOfFramework(INamedTypeSymbol type)
    {
        var outermost = type.ContainingNamespace;
        while (outermost is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
        {
            outermost = outermost.ContainingNamespace;
        }

        return outermost?.Name == "System";
    }
}
