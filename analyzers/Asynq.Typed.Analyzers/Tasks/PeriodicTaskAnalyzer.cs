using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>Tasks that are to be enqueued again and again, and that generated code can make nothing of.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PeriodicTaskAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [RoutingRules.HandlerIsOutOfReach];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols) =>
        context.RegisterSymbolAction(
            symbolContext =>
            {
                var type = (INamedTypeSymbol)symbolContext.Symbol;
                if (IsPeriodic(type, symbols))
                {
                    CheckOwn(symbolContext, type);
                }

                foreach (var handled in CompilationIndex.HandledBy(type, symbols))
                {
                    CheckHandled(symbolContext, handled, symbols);
                }
            },
            SymbolKind.NamedType);

    private static void CheckOwn(SymbolAnalysisContext context, INamedTypeSymbol task)
    {
        // What cannot be completed is reported as such.
        if (TaskShape.Fault(task, context.CancellationToken) is null
            && PeriodicTaskParser.Fault(task, task.ContainingAssembly) is { } fault)
        {
            Report(context, task.Locations[0], task, fault);
        }
    }

    /// <summary>A task of a contracts assembly is registered by the assembly that handles it, which may see less of it.</summary>
    private static void CheckHandled(SymbolAnalysisContext context, HandledTask handled, AsynqSymbols symbols)
    {
        if (handled.Task is INamedTypeSymbol task
            && IsPeriodic(task, symbols)
            && !PeriodicTaskParser.IsRegisteredByItsAssembly(task, context.Compilation)
            && PeriodicTaskParser.Fault(task, context.Compilation.Assembly) is { } fault)
        {
            Report(context, handled.Handler.Locations[0], task, fault);
        }
    }

    private static void Report(SymbolAnalysisContext context, Location location, INamedTypeSymbol task, string fault) =>
        context.ReportDiagnostic(Diagnostic.Create(
            RoutingRules.HandlerIsOutOfReach, location, $"The schedule of task '{task.Name}'", fault));

    private static bool IsPeriodic(INamedTypeSymbol type, AsynqSymbols symbols) =>
        symbols.IsTask(type)
        && type.GetAttributes().Any(attribute =>
            SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, symbols.PeriodicTaskAttribute));
}
