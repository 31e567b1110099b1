using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>Handlers that are registered twice, not at all, or as if by chance.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandlerDeclarationAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [RoutingRules.TaskHasTwoHandlers, RoutingRules.HandlerIsIndirect, RoutingRules.HandlerIsOutOfReach];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var index = CompilationIndex.For(context.Compilation, symbols);
        var byTask = new Lazy<ILookup<ITypeSymbol, HandledTask>>(() => index.SourceHandlers
            .ToLookup<HandledTask, ITypeSymbol>(handled => handled.Task, SymbolEqualityComparer.Default));
        var aggregators = new Lazy<ILookup<ITypeSymbol, HandledTask>>(() => index.SourceAggregators
            .ToLookup<HandledTask, ITypeSymbol>(handled => handled.Task, SymbolEqualityComparer.Default));
        context.RegisterSymbolAction(
            symbolContext =>
            {
                var type = (INamedTypeSymbol)symbolContext.Symbol;
                foreach (var handled in CompilationIndex.HandlerInterfacesOf(type, symbols))
                {
                    Check(symbolContext, handled, byTask, "handled");
                }

                foreach (var aggregated in CompilationIndex.AggregateInterfacesOf(type, symbols))
                {
                    Check(symbolContext, aggregated, aggregators, "aggregated");
                }
            },
            SymbolKind.NamedType);
    }

    private static void Check(
        SymbolAnalysisContext context, HandledTask handled, Lazy<ILookup<ITypeSymbol, HandledTask>> byTask, string verb)
    {
        if (Reach.Obstacle(handled.Handler, handled.Interface) is { } obstacle)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RoutingRules.HandlerIsOutOfReach,
                handled.Handler.Locations[0],
                $"Handler '{handled.Handler.Name}' of task '{handled.Task.Name}'",
                $"name {(IsSame(obstacle, handled.Handler) ? "it" : $"'{obstacle.Name}'")}: "
                + "make it, and the types around it, internal or public and not generic"));
            return;
        }

        CheckIndirect(context, handled);
        var other = byTask.Value[handled.Task]
            .FirstOrDefault(candidate => !IsSame(candidate.Handler, handled.Handler));
        if (other is not null)
        {
            Report(context, handled, handled.Handler.Name, other.Handler.Name, verb);
            return;
        }

        // A class that handles a task in both ways is registered for one of them; reported at the second.
        var twin = byTask.Value[handled.Task].First();
        if (!IsSame(twin.Interface, handled.Interface))
        {
            Report(context, handled, InFull(twin), InFull(handled), verb);
        }
    }

    private static void Report(SymbolAnalysisContext context, HandledTask handled, string first, string second, string verb) =>
        context.ReportDiagnostic(Diagnostic.Create(
            RoutingRules.TaskHasTwoHandlers, handled.Handler.Locations[0], handled.Task.Name, first, second, verb));

    private static string InFull(HandledTask handled) =>
        $"{handled.Handler.Name} as {handled.Interface.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}";

    private static bool IsSame(ISymbol first, ISymbol second) => SymbolEqualityComparer.Default.Equals(first, second);

    private static void CheckIndirect(SymbolAnalysisContext context, HandledTask handled)
    {
        if (!handled.IsDirect && handled.Through is { } through)
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
