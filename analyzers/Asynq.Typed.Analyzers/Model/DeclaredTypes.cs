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
            var container = waiting.Pop();

            // Of a type, asking for all members would bind each of them.
            foreach (var type in container.GetTypeMembers())
            {
                found.Add(type);
                waiting.Push(type);
            }

            if (container is INamespaceSymbol outer)
            {
                foreach (var inner in outer.GetNamespaceMembers())
                {
                    waiting.Push(inner);
                }
            }
        }

        return found.ToImmutable();
    }
}
