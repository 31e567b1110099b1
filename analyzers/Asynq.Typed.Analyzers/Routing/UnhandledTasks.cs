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
        var handled = new HashSet<string>(StringComparer.Ordinal);
        handled.UnionWith(index.HandledIn(compilation.Assembly).Select(name => name.TaskType));
        handled.UnionWith(index.Referenced.All.SelectMany(assembly => index.HandledIn(assembly)).Select(name => name.TaskType));
        var elsewhere = new HashSet<ISymbol>(symbols.HandledElsewhere(compilation.Assembly), SymbolEqualityComparer.Default);
        var opaque = index.Referenced.All.Where(index.Referenced.HidesHandlers).ToList();
        return
        [
            .. index.SourceTasks
                .Concat(index.ReferencedTasks)
                .Where(task => task.TypeName is { } name
                    && !handled.Contains(name)
                    && !elsewhere.Contains(task.Type)
                    && !opaque.Exists(assembly => Sees(assembly, task.Type.ContainingAssembly)))
                .OrderBy(task => task.Type.ToDisplayString(), StringComparer.Ordinal),
        ];
    }

    private static bool Sees(IAssemblySymbol assembly, IAssemblySymbol other) =>
        SymbolEqualityComparer.Default.Equals(assembly, other)
        || assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == other.Name));
}
