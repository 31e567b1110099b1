using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Model;

/// <summary>Walks the types that an assembly declares.</summary>
internal static class DeclaredTypes
{
    internal static ImmutableArray<INamedTypeSymbol> In(IAssemblySymbol assembly)
    {
        var found = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        var waiting = new Stack<INamespaceOrTypeSymbol>();
        waiting.Push(assembly.GlobalNamespace);
        while (waiting.Count > 0)
        {
            foreach (var member in waiting.Pop().GetMembers())
            {
                if (member is INamespaceSymbol inner)
                {
                    waiting.Push(inner);
                }
                else if (member is INamedTypeSymbol type)
                {
                    found.Add(type);
                    waiting.Push(type);
                }
            }
        }

        return found.ToImmutable();
    }
}
