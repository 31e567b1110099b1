using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Options;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>
/// What is missing around the groups of an application that puts a server together: handlers of the batches that its
/// aggregators make, and aggregators of the tasks that it gives a group.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AggregationAnalyzer : AsynqAnalyzer
{
    private static readonly ImmutableDictionary<string, string?> NoProperties = ImmutableDictionary<string, string?>.Empty;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [RoutingRules.GroupEndsInNoHandledBatch];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var index = CompilationIndex.For(context.Compilation, symbols);
        var aggregated = new Lazy<AggregatedTasks>(() => new AggregatedTasks(context.Compilation, index, symbols));
        context.RegisterSymbolAction(symbol => CheckBatch(symbol, index, symbols), SymbolKind.NamedType);
        context.RegisterOperationAction(
            operation => CheckGroup(operation, index, symbols, aggregated), OperationKind.Invocation);
    }

    private static void CheckBatch(SymbolAnalysisContext context, CompilationIndex index, AsynqSymbols symbols)
    {
        foreach (var aggregator in CompilationIndex.AggregatedBy((INamedTypeSymbol)context.Symbol, symbols))
        {
            var batch = aggregator.Interface.TypeArguments[1];
            if (index.AddsServer && IsUnhandled(batch, context.Compilation, index, symbols))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    RoutingRules.GroupEndsInNoHandledBatch,
                    aggregator.Handler.Locations[0],
                    NoProperties.Add(ServerCompositionAnalyzer.TaskName, batch.GetDocumentationCommentId()),
                    aggregator.Task.Name,
                    $"no handler of this application handles '{batch.Name}', which '{aggregator.Handler.Name}' makes of them: "
                    + $"write one, or say [assembly: HandledElsewhere(typeof({batch.Name}))]"));
            }
        }
    }

    private static bool IsUnhandled(ITypeSymbol batch, Compilation compilation, CompilationIndex index, AsynqSymbols symbols) =>
        index.Unhandled.Any(task =>
            SymbolEqualityComparer.Default.Equals(task.Type, batch)
            && !MuxPatterns.In(compilation, symbols).MayTake(task.TypeName!));

    private static void CheckGroup(
        OperationAnalysisContext context, CompilationIndex index, AsynqSymbols symbols, Lazy<AggregatedTasks> aggregated)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.TypeArguments.Length != 1
            || !symbols.OwnsAssemblyOf(call.TargetMethod)
            || call.TargetMethod.TypeArguments[0] is not INamedTypeSymbol task
            || GroupOf(call, symbols) is not { } group
            || !symbols.IsTask(task)
            || !index.AddsServer
            || aggregated.Value.MayHold(task))
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(
            RoutingRules.GroupEndsInNoHandledBatch,
            group.Syntax.GetLocation(),
            task.Name,
            $"this application has no aggregator of '{task.Name}', so that each runs singly after the grace period: write an "
            + $"IAggregate of it, set 'GroupAggregator', or say [assembly: HandledElsewhere(typeof({task.Name}))]"));
    }

    /// <summary>The group that stands in the call's own options.</summary>
    private static IOperation? GroupOf(IInvocationOperation call, AsynqSymbols symbols)
    {
        foreach (var argument in call.Arguments)
        {
            var value = argument.Value is IConversionOperation conversion ? conversion.Operand : argument.Value;
            foreach (var element in (value as IObjectCreationOperation)?.Initializer?.Initializers ?? [])
            {
                if (OptionAssignment.In(element) is { Property: "Group" } assignment
                    && assignment.IsOf(symbols.EnqueueOptions)
                    && assignment.Value.ConstantValue is not { HasValue: true, Value: null })
                {
                    return assignment.Value;
                }
            }
        }

        return null;
    }
}
