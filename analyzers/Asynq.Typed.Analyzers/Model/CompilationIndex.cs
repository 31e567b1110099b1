using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Asynq.Typed.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Asynq.Typed.Analyzers.Model;

/// <summary>
/// The tasks and handlers that a compilation sees, in its own source and in the assemblies that it references. Made
/// once for a compilation, whichever analyzer asks first, and each part only when it is asked for. Nothing here takes a
/// cancellation token: what one analyzer's cancelled request left half-made would be missing for the others.
/// </summary>
internal sealed class CompilationIndex
{
    private static readonly ConditionalWeakTable<Compilation, CompilationIndex> Made = new();

    private readonly Compilation _compilation;
    private readonly AsynqSymbols _symbols;
    private readonly Lazy<ImmutableArray<INamedTypeSymbol>> _sourceTypes;
    private readonly Lazy<ImmutableArray<INamedTypeSymbol>> _referencedTypes;
    private readonly Lazy<ImmutableArray<TaskDeclaration>> _sourceTasks;
    private readonly Lazy<ImmutableArray<TaskDeclaration>> _referencedTasks;
    private readonly Lazy<ImmutableArray<HandledTask>> _sourceHandlers;
    private readonly Lazy<ImmutableArray<HandledTask>> _referencedHandlers;

    private CompilationIndex(Compilation compilation, AsynqSymbols symbols)
    {
        _compilation = compilation;
        _symbols = symbols;
        _sourceTypes = new(() => DeclaredTypes.In(compilation.Assembly));
        _referencedTypes = new(FindReferencedTypes);
        _sourceTasks = new(() => TasksAmong(_sourceTypes.Value));
        _referencedTasks = new(() => TasksAmong(_referencedTypes.Value));
        _sourceHandlers = new(() => HandlersAmong(_sourceTypes.Value));
        _referencedHandlers = new(() => HandlersAmong(_referencedTypes.Value));
    }

    /// <summary>Every type that the compilation's own source declares, nested ones included.</summary>
    internal ImmutableArray<INamedTypeSymbol> SourceTypes => _sourceTypes.Value;

    internal ImmutableArray<TaskDeclaration> SourceTasks => _sourceTasks.Value;

    internal ImmutableArray<TaskDeclaration> ReferencedTasks => _referencedTasks.Value;

    internal ImmutableArray<HandledTask> SourceHandlers => _sourceHandlers.Value;

    internal ImmutableArray<HandledTask> ReferencedHandlers => _referencedHandlers.Value;

    /// <summary>The handlers of one assembly: this one or a referenced one.</summary>
    internal IEnumerable<HandledTask> HandlersOf(IAssemblySymbol assembly) =>
        SourceHandlers.Concat(ReferencedHandlers)
            .Where(handled => SymbolEqualityComparer.Default.Equals(handled.Handler.ContainingAssembly, assembly));

    /// <summary>The tasks of groups that a class makes batches of.</summary>
    internal IEnumerable<ITypeSymbol> AggregatedTasks =>
        _sourceTypes.Value.Concat(_referencedTypes.Value)
            .Where(type => type is { TypeKind: TypeKind.Class, IsAbstract: false })
            .SelectMany(type => type.AllInterfaces)
            .Where(type => SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, _symbols.AggregatorInterface))
            .Select(type => type.TypeArguments[0]);

    /// <summary>The types of one referenced assembly that uses the library.</summary>
    internal IEnumerable<INamedTypeSymbol> ReferencedTypesOf(IAssemblySymbol assembly) =>
        _referencedTypes.Value.Where(type => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, assembly));

    internal static CompilationIndex For(Compilation compilation, AsynqSymbols symbols) =>
        Made.GetValue(compilation, _ => new CompilationIndex(compilation, symbols));

    /// <summary>The tasks of a class that the generator registers as their handler; none for other types.</summary>
    internal static IEnumerable<HandledTask> HandledBy(INamedTypeSymbol type, AsynqSymbols symbols) =>
        HandlerParser.IsReachable(type) ? HandlerInterfacesOf(type, symbols) : [];

    /// <summary>The handler interfaces of a class that a server could make an instance of; none for other types.</summary>
    internal static IEnumerable<HandledTask> HandlerInterfacesOf(INamedTypeSymbol type, AsynqSymbols symbols)
    {
        if (type.TypeKind != TypeKind.Class || type.IsAbstract || type.TypeParameters.Length > 0)
        {
            yield break;
        }

        foreach (var candidate in type.AllInterfaces)
        {
            if (symbols.IsHandlerInterface(candidate))
            {
                yield return new HandledTask(type, candidate);
            }
        }
    }

    private ImmutableArray<INamedTypeSymbol> FindReferencedTypes()
    {
        var library = _symbols.TaskAttribute.ContainingAssembly.Identity;
        var found = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        foreach (var assembly in _compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (UsesLibrary(assembly, library))
            {
                found.AddRange(DeclaredTypes.In(assembly));
            }
        }

        return found.ToImmutable();
    }

    private static bool UsesLibrary(IAssemblySymbol assembly, AssemblyIdentity library)
    {
        foreach (var module in assembly.Modules)
        {
            foreach (var reference in module.ReferencedAssemblies)
            {
                if (reference.Name == library.Name)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private ImmutableArray<TaskDeclaration> TasksAmong(ImmutableArray<INamedTypeSymbol> types)
    {
        var found = ImmutableArray.CreateBuilder<TaskDeclaration>();
        foreach (var type in types)
        {
            if (_symbols.TaskAttributeOf(type) is { } attribute)
            {
                found.Add(new TaskDeclaration(type, attribute));
            }
        }

        return found.ToImmutable();
    }

    private ImmutableArray<HandledTask> HandlersAmong(ImmutableArray<INamedTypeSymbol> types)
    {
        var found = ImmutableArray.CreateBuilder<HandledTask>();
        foreach (var type in types)
        {
            found.AddRange(HandledBy(type, _symbols));
        }

        return found.ToImmutable();
    }
}
