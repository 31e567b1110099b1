using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>The tasks whose groups somebody aggregates: this project, one that it references, or another application.</summary>
internal sealed class AggregatedTasks
{
    private readonly HashSet<ISymbol> _tasks = new(SymbolEqualityComparer.Default);

    /// <summary>Whether there may be aggregators that cannot be seen.</summary>
    private readonly Lazy<bool> _isOpen;

    internal AggregatedTasks(Compilation compilation, CompilationIndex index, AsynqSymbols symbols)
    {
        var referenced = index.Referenced.All
            .SelectMany(assembly => index.Referenced.TypesOf(assembly))
            .SelectMany(type => CompilationIndex.AggregatedBy(type, symbols));
        _tasks.UnionWith(index.SourceAggregators.Concat(referenced).Select(aggregator => aggregator.Task));
        _tasks.UnionWith(symbols.HandledElsewhere(compilation.Assembly));
        _isOpen = new(() =>
            compilation.SyntaxTrees.Any(SetsUntypedAggregator) || index.Referenced.All.Any(index.Referenced.HidesHandlers));
    }

    /// <summary>Whether somebody is known to aggregate the task.</summary>
    internal bool Holds(ISymbol task) => _tasks.Contains(task);

    /// <summary>Whether somebody may aggregate the task.</summary>
    internal bool MayHold(ISymbol task) => Holds(task) || _isOpen.Value;

    private static bool SetsUntypedAggregator(SyntaxTree tree) =>
        !InvokedNames.IsGenerated(tree)
        && tree.GetRoot().DescendantNodes().Any(node =>
            node is AssignmentExpressionSyntax { Left: var target }
            && InvokedNames.NameOf(target)?.Identifier.ValueText == "GroupAggregator");
}
