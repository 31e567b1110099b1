using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns classes that handle tasks into models.</summary>
internal static class HandlerParser
{
    /// <summary>The model of a handler; <c>null</c> for a class that handles nothing, or cannot be made.</summary>
    public static HandlerModel? Parse(GeneratorSyntaxContext target, CancellationToken cancellation)
    {
        if (target.SemanticModel.GetDeclaredSymbol(target.Node, cancellation) is not INamedTypeSymbol type
            || type.IsAbstract
            || type.IsGenericType
            || !IsFirstDeclaration(type, target.Node, cancellation)
            || !IsReachable(type))
        {
            return null;
        }

        var tasks = type.AllInterfaces
            .Where(IsHandle)
            .Select(handled => ParseTask(handled.TypeArguments[0]))
            .OfType<HandledTaskModel>()
            .Distinct()
            .OrderBy(task => task.Type, StringComparer.Ordinal)
            .ToEquatableArray();
        return tasks.Count == 0 ? null : new HandlerModel(TypeText.Of(type), tasks);
    }

    /// <summary>What there is to know of the assembly.</summary>
    public static AssemblyModel ParseAssembly(Compilation compilation) => new(
        compilation.AssemblyName ?? "",
        compilation.GetTypeByMetadataName(WellKnownNames.HandlerModule) is not null);

    private static HandledTaskModel? ParseTask(ITypeSymbol task)
    {
        foreach (var attribute in task.GetAttributes())
        {
            if (attribute.AttributeClass?.ToDisplayString() == WellKnownNames.TaskAttribute
                && attribute.ConstructorArguments.FirstOrDefault().Value is string name
                && !string.IsNullOrWhiteSpace(name))
            {
                return new HandledTaskModel(TypeText.Of(task), task.Name, name);
            }
        }

        return null;
    }

    private static bool IsHandle(INamedTypeSymbol type) =>
        type is { Name: WellKnownNames.HandleInterface, TypeArguments.Length: 1 }
        && type.ContainingNamespace.ToDisplayString() == WellKnownNames.Namespace;

    /// <summary>Whether this is the declaration, of several partial ones, by which the class is found.</summary>
    private static bool IsFirstDeclaration(INamedTypeSymbol type, SyntaxNode node, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellation))
            .FirstOrDefault(declaration => declaration is TypeDeclarationSyntax { BaseList: not null }) == node;

    /// <summary>Whether generated code of the same assembly can name the class.</summary>
    public static bool IsReachable(INamedTypeSymbol type)
    {
        for (var level = type; level is not null; level = level.ContainingType)
        {
            if (level.IsFileLocal
                || level.IsGenericType
                || level.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected
                    or Accessibility.ProtectedAndInternal)
            {
                return false;
            }
        }

        return true;
    }
}
