using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>The enums that payloads hold, at any depth, each with the first task found to hold it.</summary>
internal static class PayloadEnums
{
    internal static ImmutableDictionary<INamedTypeSymbol, INamedTypeSymbol> Of(ImmutableArray<TaskDeclaration> tasks)
    {
        var found = ImmutableDictionary.CreateBuilder<INamedTypeSymbol, INamedTypeSymbol>(SymbolEqualityComparer.Default);
        var seen = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var task in tasks)
        {
            var waiting = new Stack<ITypeSymbol>();
            waiting.Push(task.Type);
            while (waiting.Count > 0)
            {
                Visit(waiting.Pop(), task.Type, waiting, seen, found);
            }
        }

        return found.ToImmutable();
    }

    private static void Visit(
        ITypeSymbol type,
        INamedTypeSymbol task,
        Stack<ITypeSymbol> waiting,
        HashSet<ITypeSymbol> seen,
        ImmutableDictionary<INamedTypeSymbol, INamedTypeSymbol>.Builder found)
    {
        if (type is IArrayTypeSymbol array)
        {
            waiting.Push(array.ElementType);
            return;
        }

        if (type is not INamedTypeSymbol named || !seen.Add(named))
        {
            return;
        }

        if (named.TypeKind == TypeKind.Enum)
        {
            found[named] = task;
            return;
        }

        foreach (var argument in named.TypeArguments)
        {
            waiting.Push(argument);
        }

        // What is compiled elsewhere shows its enums to the analysis of its own project.
        if (!named.DeclaringSyntaxReferences.IsEmpty)
        {
            foreach (var member in MemberTypes(named))
            {
                waiting.Push(member);
            }
        }
    }

    private static IEnumerable<ITypeSymbol> MemberTypes(INamedTypeSymbol type)
    {
        for (var level = type; level is { SpecialType: not SpecialType.System_Object }; level = level.BaseType)
        {
            foreach (var member in level.GetMembers())
            {
                if (member is IPropertySymbol { DeclaredAccessibility: Accessibility.Public, IsStatic: false, IsIndexer: false } property)
                {
                    yield return property.Type;
                }
                else if (member is IFieldSymbol { DeclaredAccessibility: Accessibility.Public, IsStatic: false } field)
                {
                    yield return field.Type;
                }
            }
        }
    }
}
