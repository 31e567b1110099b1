using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>
/// What is missing or doubled where an application puts its server together: tasks without a handler, handlers that are
/// not added, and assemblies that handle the same task.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ServerCompositionAnalyzer : AsynqAnalyzer
{
    /// <summary>Diagnostic property: the metadata name of the task that has no handler.</summary>
    internal const string TaskName = nameof(TaskName);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [RoutingRules.TaskHasNoHandler, RoutingRules.HandlersAreNotAdded, RoutingRules.TaskHasTwoHandlers];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var index = CompilationIndex.For(context.Compilation, symbols);
        var unhandled = new Lazy<ImmutableArray<TaskDeclaration>>(
            () => Lacking(context.Compilation, index, symbols));
        var notAdded = new Lazy<ImmutableArray<IMethodSymbol>>(() => MissingRegistrations.In(context.Compilation, index));
        context.RegisterOperationAction(
            operation =>
            {
                var call = (IInvocationOperation)operation.Operation;
                if (symbols.IsAddServer(call.TargetMethod))
                {
                    ReportMissing(operation, call, unhandled.Value, notAdded.Value);
                }
                else if (Registration.Is(call.TargetMethod))
                {
                    ReportDoubled(operation, call, index);
                }
            },
            OperationKind.Invocation);
    }

    /// <summary>
    /// Unhandled tasks, but for those that are aggregated, which need no handler while they come in groups, for the batches of
    /// this project's aggregators, which are reported there, for those that an untyped mux may take, and for those that no
    /// handler of this project could name.
    /// </summary>
    private static ImmutableArray<TaskDeclaration> Lacking(
        Compilation compilation, CompilationIndex index, AsynqSymbols symbols)
    {
        if (index.Unhandled.IsEmpty)
        {
            return [];
        }

        var aggregated = new AggregatedTasks(compilation, index, symbols);
        var batches = new HashSet<ISymbol>(
            index.SourceAggregators.Select(aggregator => aggregator.Interface.TypeArguments[1]), SymbolEqualityComparer.Default);
        var patterns = MuxPatterns.In(compilation, symbols);
        return
        [
            .. index.Unhandled.Where(task =>
                !batches.Contains(task.Type)
                && !aggregated.Holds(task.Type)
                && !patterns.MayTake(task.TypeName!)
                && compilation.IsSymbolAccessibleWithin(task.Type, compilation.Assembly)),
        ];
    }

    private static void ReportMissing(
        OperationAnalysisContext context,
        IInvocationOperation call,
        ImmutableArray<TaskDeclaration> unhandled,
        ImmutableArray<IMethodSymbol> notAdded)
    {
        foreach (var task in unhandled)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RoutingRules.TaskHasNoHandler,
                NameLocation(call),
                ImmutableDictionary<string, string?>.Empty.Add(TaskName, task.Type.GetDocumentationCommentId()),
                task.Type.Name));
        }

        foreach (var method in notAdded)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RoutingRules.HandlersAreNotAdded, NameLocation(call), method.ContainingAssembly.Name, method.Name));
        }
    }

    private static void ReportDoubled(OperationAnalysisContext context, IInvocationOperation call, CompilationIndex index)
    {
        foreach (var earlier in BuilderChain.Before(call))
        {
            if (!Registration.Is(earlier.TargetMethod) || IsSameAssembly(earlier.TargetMethod, call.TargetMethod))
            {
                continue;
            }

            var (first, second) = (earlier.TargetMethod.ContainingAssembly, call.TargetMethod.ContainingAssembly);
            ReportDoubled(context, call, index.HandledIn(first), index.HandledIn(second), "handled");
            ReportDoubled(context, call, index.AggregatedIn(first), index.AggregatedIn(second), "aggregated");
        }
    }

    private static void ReportDoubled(
        OperationAnalysisContext context,
        IInvocationOperation call,
        IEnumerable<HandledName> first,
        IEnumerable<HandledName> second,
        string verb)
    {
        var others = first.ToLookup(handled => handled.TaskType, handled => handled.Handler, StringComparer.Ordinal);
        foreach (var handled in second)
        {
            if (others[handled.TaskType].FirstOrDefault() is { } other)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    RoutingRules.TaskHasTwoHandlers, NameLocation(call), handled.TaskType, handled.Handler, other, verb));
            }
        }
    }

    private static bool IsSameAssembly(IMethodSymbol first, IMethodSymbol second) =>
        SymbolEqualityComparer.Default.Equals(first.ContainingAssembly, second.ContainingAssembly);

    private static Location NameLocation(IInvocationOperation call) =>
        call.Syntax is InvocationExpressionSyntax invocation
            ? (InvokedNames.NameOf(invocation.Expression) ?? (SyntaxNode)invocation).GetLocation()
            : call.Syntax.GetLocation();
}
