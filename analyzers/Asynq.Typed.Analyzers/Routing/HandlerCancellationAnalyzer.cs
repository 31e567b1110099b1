using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>Handlers that could stop when they are told to, and do not listen.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandlerCancellationAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [RoutingRules.HandlerIgnoresCancellation];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols) =>
        context.RegisterOperationBlockAction(blockContext =>
        {
            if (symbols.CancellationToken is { } token
                && blockContext.OwningSymbol is IMethodSymbol { Parameters.Length: > 0 } method
                && method.Parameters[method.Parameters.Length - 1] is var last
                && SymbolEqualityComparer.Default.Equals(last.Type, token)
                && HandlerMethods.Implements(method, symbols))
            {
                Check(blockContext, method, last, token);
            }
        });

    private static void Check(
        OperationBlockAnalysisContext context, IMethodSymbol method, IParameterSymbol parameter, INamedTypeSymbol token)
    {
        CancellableCall? first = null;
        foreach (var block in context.OperationBlocks)
        {
            if (Uses(block, parameter))
            {
                return;
            }

            first ??= CancellableCalls.In(block, token, context.Compilation).FirstOrDefault();
        }

        if (first is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RoutingRules.HandlerIgnoresCancellation,
                parameter.Locations[0],
                method.ContainingType.Name,
                parameter.Name,
                first.Invocation.TargetMethod.Name));
        }
    }

    private static bool Uses(IOperation block, IParameterSymbol parameter)
    {
        foreach (var operation in block.DescendantsAndSelf())
        {
            if (operation is IParameterReferenceOperation reference
                && SymbolEqualityComparer.Default.Equals(reference.Parameter, parameter))
            {
                return true;
            }
        }

        return false;
    }
}
