using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>Tasks that are enqueued, now or by a schedule, to a queue from which no server of the application takes tasks.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EnqueueQueueAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [OptionRules.QueueIsNotConsumed];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var elsewhere = new Lazy<HashSet<ISymbol>>(() => new HashSet<ISymbol>(
            symbols.HandledElsewhere(context.Compilation.Assembly), SymbolEqualityComparer.Default));
        context.RegisterOperationAction(operation => CheckCall(operation, symbols, elsewhere), OperationKind.Invocation);
        context.RegisterSymbolAction(symbol => CheckPeriodic(symbol, symbols, elsewhere), SymbolKind.NamedType);
    }

    private static void CheckCall(OperationAnalysisContext context, AsynqSymbols symbols, Lazy<HashSet<ISymbol>> elsewhere)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.TypeArguments.Length != 1
            || call.TargetMethod.TypeArguments[0] is not INamedTypeSymbol task
            || !symbols.OwnsAssemblyOf(call.TargetMethod)
            || !symbols.IsTask(task)
            || elsewhere.Value.Contains(task))
        {
            return;
        }

        foreach (var (queue, location) in new EnqueuedQueues(task, symbols).Of(call))
        {
            if (IsLeft(queue, context.Compilation, symbols))
            {
                context.ReportDiagnostic(Diagnostic.Create(OptionRules.QueueIsNotConsumed, location, task.Name, queue));
            }
        }
    }

    private static void CheckPeriodic(SymbolAnalysisContext context, AsynqSymbols symbols, Lazy<HashSet<ISymbol>> elsewhere)
    {
        var task = (INamedTypeSymbol)context.Symbol;
        var schedule = task.GetAttributes().FirstOrDefault(attribute =>
            SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, symbols.PeriodicTaskAttribute));
        if (schedule?.ApplicationSyntaxReference is { } reference
            && EnqueuedQueues.OfType(task, symbols) is { } queue
            && !elsewhere.Value.Contains(task)
            && IsLeft(queue, context.Compilation, symbols))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                OptionRules.QueueIsNotConsumed,
                reference.GetSyntax(context.CancellationToken).GetLocation(),
                task.Name,
                queue));
        }
    }

    private static bool IsLeft(string queue, Compilation compilation, AsynqSymbols symbols) =>
        ServerQueues.In(compilation, symbols).Names is { } consumed && !consumed.Contains(queue);
}
