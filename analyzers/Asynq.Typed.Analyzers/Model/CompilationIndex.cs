using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Asynq.Typed.Analyzers.Routing;
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
    private readonly Lazy<ImmutableArray<TaskDeclaration>> _sourceTasks;
    private readonly Lazy<ImmutableArray<HandledTask>> _sourceHandlers;
    private readonly Lazy<ImmutableArray<HandledTask>> _sourceAggregators;
    private readonly Lazy<ImmutableArray<HandledName>> _ownHandled;
    private readonly Lazy<ReferencedAssemblies> _referenced;
    private readonly Lazy<ImmutableArray<TaskDeclaration>> _referencedTasks;
    private readonly Lazy<ImmutableArray<TaskDeclaration>> _unhandled;
    private readonly Lazy<bool> _addsServer;

    private CompilationIndex(Compilation compilation, AsynqSymbols symbols)
    {
        _compilation = compilation;
        _symbols = symbols;
        _sourceTypes = new(() => DeclaredTypes.In(compilation.Assembly));
        _sourceTasks = new(() => TasksAmong(_sourceTypes.Value));
        _sourceHandlers = new(() => [.. _sourceTypes.Value.SelectMany(type => HandledBy(type, _symbols))]);
        _sourceAggregators = new(() => [.. _sourceTypes.Value.SelectMany(type => AggregatedBy(type, _symbols))]);
        _ownHandled = new(() => [.. SourceHandlers.SelectMany(handled => handled.Names(_symbols))]);
        _referenced = new(() => new ReferencedAssemblies(compilation, symbols));
        _referencedTasks = new(() => TasksAmong(Referenced.All.SelectMany(assembly => Referenced.TypesOf(assembly))));
        _unhandled = new(() => UnhandledTasks.In(compilation, this, symbols));
        _addsServer = new(() =>
            InvokedNames.CallsOf("AddServer", compilation).Any(call => symbols.IsAddServer(call.TargetMethod)));
    }

    /// <summary>Every type that the compilation's own source declares, nested ones included.</summary>
    internal ImmutableArray<INamedTypeSymbol> SourceTypes => _sourceTypes.Value;

    internal ImmutableArray<TaskDeclaration> SourceTasks => _sourceTasks.Value;

    internal ImmutableArray<TaskDeclaration> ReferencedTasks => _referencedTasks.Value;

    internal ImmutableArray<HandledTask> SourceHandlers => _sourceHandlers.Value;

    /// <summary>The aggregators that the generator registers, each with the interface that it has.</summary>
    internal ImmutableArray<HandledTask> SourceAggregators => _sourceAggregators.Value;

    /// <summary>The tasks that the compilation sees and no handler that it sees handles.</summary>
    internal ImmutableArray<TaskDeclaration> Unhandled => _unhandled.Value;

    /// <summary>Whether the compilation's own source puts a server together.</summary>
    internal bool AddsServer => _addsServer.Value;

    internal ReferencedAssemblies Referenced => _referenced.Value;

    /// <summary>What one assembly handles: this one or a referenced one.</summary>
    internal ImmutableArray<HandledName> HandledIn(IAssemblySymbol assembly) =>
        SymbolEqualityComparer.Default.Equals(assembly, _compilation.Assembly) ? _ownHandled.Value : Referenced.HandledIn(assembly);

    /// <summary>What one assembly aggregates: this one or a referenced one.</summary>
    internal IEnumerable<HandledName> AggregatedIn(IAssemblySymbol assembly)
    {
        var aggregators = SymbolEqualityComparer.Default.Equals(assembly, _compilation.Assembly)
            ? SourceAggregators
            : Referenced.TypesOf(assembly).SelectMany(type => AggregatedBy(type, _symbols));
        return aggregators.SelectMany(aggregator => aggregator.Names(_symbols));
    }

    internal static CompilationIndex For(Compilation compilation, AsynqSymbols symbols) =>
        Made.GetValue(compilation, _ => new CompilationIndex(compilation, symbols));

    /// <summary>The tasks of a class that the generator registers as their handler; none for other types.</summary>
    internal static IEnumerable<HandledTask> HandledBy(INamedTypeSymbol type, AsynqSymbols symbols) =>
        HandlerInterfacesOf(type, symbols).Where(IsRegistered);

    /// <summary>The tasks of a class that the generator registers as their aggregator; none for other types.</summary>
    internal static IEnumerable<HandledTask> AggregatedBy(INamedTypeSymbol type, AsynqSymbols symbols) =>
        AggregateInterfacesOf(type, symbols).Where(IsRegistered);

    /// <summary>The handler interfaces of a class that a server could make an instance of; none for other types.</summary>
    internal static IEnumerable<HandledTask> HandlerInterfacesOf(INamedTypeSymbol type, AsynqSymbols symbols) =>
        InterfacesOf(type, symbols.IsHandlerInterface);

    /// <summary>The aggregator interfaces of a class that a server could make an instance of; none for other types.</summary>
    internal static IEnumerable<HandledTask> AggregateInterfacesOf(INamedTypeSymbol type, AsynqSymbols symbols) =>
        InterfacesOf(type, symbols.IsAggregateInterface);

    private static bool IsRegistered(HandledTask handled) => Reach.Obstacle(handled.Handler, handled.Interface) is null;

    private static IEnumerable<HandledTask> InterfacesOf(INamedTypeSymbol type, Func<INamedTypeSymbol, bool> isWanted)
    {
        if (type.TypeKind != TypeKind.Class || type.IsAbstract || type.TypeParameters.Length > 0)
        {
            yield break;
        }

        foreach (var candidate in type.AllInterfaces)
        {
            if (isWanted(candidate))
            {
                yield return new HandledTask(type, candidate);
            }
        }
    }

    private ImmutableArray<TaskDeclaration> TasksAmong(IEnumerable<INamedTypeSymbol> types)
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
}
