using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>Handlers that are registered twice, or not at all.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandlerDeclarationAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [RoutingRules.TaskHasTwoHandlers, RoutingRules.HandlerIsIndirect];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var index = CompilationIndex.For(context.Compilation, symbols);
        var byTask = new Lazy<ILookup<ITypeSymbol, HandledTask>>(() => index.SourceHandlers
            .Where(handled => handled.IsDirect)
            .ToLookup<HandledTask, ITypeSymbol>(handled => handled.Task, SymbolEqualityComparer.Default));
        context.RegisterSymbolAction(
            symbolContext =>
            {
                var type = (INamedTypeSymbol)symbolContext.Symbol;
                foreach (var handled in CompilationIndex.HandledBy(type, symbols))
                {
                    Check(symbolContext, handled, byTask);
                }
            },
            SymbolKind.NamedType);
    }

    private static void Check(
        SymbolAnalysisContext context, HandledTask handled, Lazy<ILookup<ITypeSymbol, HandledTask>> byTask)
    {
        if (!handled.IsDirect)
        {
            CheckIndirect(context, handled);
            return;
        }

        var other = byTask.Value[handled.Task]
            .FirstOrDefault(candidate => !SymbolEqualityComparer.Default.Equals(candidate.Handler, handled.Handler));
        if (other is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RoutingRules.TaskHasTwoHandlers,
                handled.Handler.Locations[0],
                handled.Task.Name,
                handled.Handler.Name,
                other.Handler.Name));
        }
    }

    private static void CheckIndirect(SymbolAnalysisContext context, HandledTask handled)
    {
        if (!handled.IsHandledByBase && handled.Through is { } through)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RoutingRules.HandlerIsIndirect,
                handled.Handler.Locations[0],
                handled.Handler.Name,
                handled.Interface.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat),
                through.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)));
        }
    }
}
