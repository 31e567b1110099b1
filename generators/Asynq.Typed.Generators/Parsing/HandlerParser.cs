using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns classes that handle or aggregate tasks into models.</summary>
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

        var compilation = target.SemanticModel.Compilation;
        var handled = type.AllInterfaces
            .Where(candidate => Is(candidate, WellKnownNames.HandleInterface, 1)
                || Is(candidate, WellKnownNames.HandleInterface, 2))
            .ToList();
        var tasks = handled
            .Select(candidate => ParseTask(candidate, compilation, cancellation))
            .OfType<HandledTaskModel>()
            .Distinct()
            .OrderBy(task => task.Type, StringComparer.Ordinal)
            .ToEquatableArray();
        var groups = type.AllInterfaces
            .Where(candidate => Is(candidate, WellKnownNames.AggregateInterface, 2))
            .Select(ParseGroup)
            .OfType<AggregateModel>()
            .OrderBy(group => group.Type, StringComparer.Ordinal)
            .ToEquatableArray();
        var periodic = handled
            .Select(candidate => candidate.TypeArguments[0])
            .OfType<INamedTypeSymbol>()
            .Where(task => !PeriodicTaskParser.IsRegisteredByItsAssembly(task, compilation))
            .SelectMany(PeriodicTaskParser.Parse)
            .ToEquatableArray();
        return tasks.Count + groups.Count == 0 ? null : new HandlerModel(TypeText.Of(type), tasks, groups, periodic);
    }

    /// <summary>What there is to know of the assembly.</summary>
    public static AssemblyModel ParseAssembly(Compilation compilation) => new(
        compilation.AssemblyName ?? "",
        compilation.GetTypeByMetadataName(WellKnownNames.HandlerModule) is not null);

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

    private static HandledTaskModel? ParseTask(
        INamedTypeSymbol handled, Compilation compilation, CancellationToken cancellation)
    {
        var task = handled.TypeArguments[0];
        if (task.Find(WellKnownNames.TaskAttribute) is not { } attribute || TypeName(task) is not { } name)
        {
            return null;
        }

        if (handled.TypeArguments.Length == 1)
        {
            return new HandledTaskModel(TypeText.Of(task), task.Name, name, Result: null);
        }

        var format = TaskParser.ParseOptions(attribute);
        return ParseResult(handled.TypeArguments[1], format, compilation, cancellation) is { } result
            ? new HandledTaskModel(TypeText.Of(task), task.Name, name, result)
            : null;
    }

    private static ResultModel? ParseResult(
        ITypeSymbol type, WireOptions options, Compilation compilation, CancellationToken cancellation)
    {
        var shapes = new ShapeParser(compilation, compilation.Assembly, options, cancellation);
        var result = shapes.Values.Parse(type);
        return result is null
            || shapes.Faults.Count > 0
            || (options.Format == WireFormat.Raw && result is not ScalarModel { Name: "Bytes" or "Memory", IsNullable: false })
            ? null
            : new ResultModel(result, options.Format, shapes.Shapes, shapes.Unions);
    }

    private static AggregateModel? ParseGroup(INamedTypeSymbol aggregate) =>
        TypeName(aggregate.TypeArguments[0]) is { } name && TypeName(aggregate.TypeArguments[1]) is not null
            ? new AggregateModel(TypeText.Of(aggregate.TypeArguments[0]), name, TypeText.Of(aggregate.TypeArguments[1]))
            : null;

    private static string? TypeName(ITypeSymbol task) =>
        task.Find(WellKnownNames.TaskAttribute)?.Argument() is string name && !string.IsNullOrWhiteSpace(name) ? name : null;

    private static bool Is(INamedTypeSymbol type, string name, int arguments) =>
        type.Name == name
        && type.TypeArguments.Length == arguments
        && type.ContainingNamespace.ToDisplayString() == WellKnownNames.Namespace;

    /// <summary>Whether this is the declaration, of several partial ones, by which the class is found.</summary>
    private static bool IsFirstDeclaration(INamedTypeSymbol type, SyntaxNode node, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellation))
            .FirstOrDefault(declaration => declaration is TypeDeclarationSyntax { BaseList: not null }) == node;
}
