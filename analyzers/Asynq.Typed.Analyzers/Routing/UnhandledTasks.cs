using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>The tasks that an application sees and has no handler for.</summary>
internal static class UnhandledTasks
{
    internal static ImmutableArray<TaskDeclaration> In(
        Compilation compilation, CompilationIndex index, AsynqSymbols symbols)
    {
        var handled = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        handled.UnionWith(index.SourceHandlers.Select(handler => handler.Task));
        handled.UnionWith(index.ReferencedHandlers.Select(handler => handler.Task));
        handled.UnionWith(index.AggregatedTasks); // what waits in groups only is aggregated, never handled
        handled.UnionWith(symbols.HandledElsewhere(compilation.Assembly));
        var opaque = compilation.SourceModule.ReferencedAssemblySymbols.Where(HidesHandlers).ToList();
        return
        [
            .. index.SourceTasks
                .Concat(index.ReferencedTasks)
                .Where(task => !handled.Contains(task.Type)
                    && !opaque.Exists(assembly => Sees(assembly, task.Type.ContainingAssembly)))
                .OrderBy(task => task.Type.ToDisplayString(), StringComparer.Ordinal),
        ];
    }

    // A reference assembly, which is what a project reference compiles against, leaves internal classes out.
    private static bool HidesHandlers(IAssemblySymbol assembly) =>
        assembly.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "ReferenceAssemblyAttribute")
        && Registration.Of(assembly) is not null;

    private static bool Sees(IAssemblySymbol assembly, IAssemblySymbol other) =>
        SymbolEqualityComparer.Default.Equals(assembly, other)
        || assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == other.Name));
}
