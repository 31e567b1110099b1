using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>Whether the generator can add a part to a type.</summary>
internal static class TaskShape
{
    /// <summary>Diagnostic property: the fault is gone once the type and those around it are partial.</summary>
    internal const string FixedByPartial = nameof(FixedByPartial);

    /// <summary>Why not, as the end of a sentence; <c>null</c> where it can.</summary>
    internal static PartFault? Fault(INamedTypeSymbol type, CancellationToken cancellationToken) =>
        KindFault(type)
        ?? ContainerFault(type)
        ?? PartialFault(type, cancellationToken);

    private static PartFault? KindFault(INamedTypeSymbol type)
    {
        if (type.IsStatic)
        {
            return new PartFault("it is static, so it has no values: take the modifier away");
        }

        if (type.IsAbstract)
        {
            return new PartFault("it is abstract, so nothing can be read into it: mark the types derived from it instead");
        }

        if (type.IsRefLikeType)
        {
            return new PartFault("it is a ref struct, which cannot be kept for a handler: make it a record or a struct");
        }

        if (type.IsGenericType && type.TypeParameters.Length > 0)
        {
            return new PartFault("it is generic, and one type name cannot stand for many types: declare a closed type for each");
        }

        return type.IsFileLocal
            ? new PartFault("it is local to its file, where no other part can be added: take the modifier away")
            : null;
    }

    private static PartFault? ContainerFault(INamedTypeSymbol type)
    {
        for (var container = type.ContainingType; container is not null; container = container.ContainingType)
        {
            if (container.TypeParameters.Length > 0)
            {
                return new PartFault(
                    $"it is nested in the generic type '{container.Name}', and one type name cannot stand for many types: move it out");
            }

            if (container.IsFileLocal)
            {
                return new PartFault(
                    $"it is nested in '{container.Name}', which is local to its file: take that modifier away");
            }
        }

        return null;
    }

    private static PartFault? PartialFault(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        if (NotPartial(type, cancellationToken) is { } part)
        {
            return new PartFault("declare it partial", isFixedByPartial: true, part.Identifier.GetLocation());
        }

        for (var container = type.ContainingType; container is not null; container = container.ContainingType)
        {
            if (NotPartial(container, cancellationToken) is not null)
            {
                return new PartFault(
                    $"declare '{container.Name}', which it is nested in, partial", isFixedByPartial: true);
            }
        }

        return null;
    }

    private static TypeDeclarationSyntax? NotPartial(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration
                && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                return declaration;
            }
        }

        return null;
    }
}
