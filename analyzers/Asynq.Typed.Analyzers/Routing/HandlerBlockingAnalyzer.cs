using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>Handlers that hold a thread while they wait, and work of theirs that nobody waits for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandlerBlockingAnalyzer : AsynqAnalyzer
{
    private const string AwaitInstead = "await the task instead, so that no thread is held";

    private const string ReturnTask =
        "return a Task, because an exception out of async void ends the process and the handler does not wait for it";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [RoutingRules.HandlerBlocks];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        context.RegisterOperationAction(
            operation => CheckBlocking(operation, symbols), OperationKind.PropertyReference, OperationKind.Invocation);
        context.RegisterOperationAction(
            operation => CheckFunction(operation, symbols), OperationKind.AnonymousFunction, OperationKind.LocalFunction);
        context.RegisterSymbolAction(symbol => CheckMethod(symbol, symbols), SymbolKind.Method);
    }

    private static void CheckBlocking(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        if (BlockingWait.In(context.Operation) is { } wait
            && HandlerMethods.IsHandlerType(context.ContainingSymbol.ContainingType, symbols)
            && !CompleteTasks.Holds(wait.Awaited, context.Operation))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                RoutingRules.HandlerBlocks,
                context.Operation.Syntax.GetLocation(),
                context.ContainingSymbol.ContainingType.Name,
                $"blocks on '{wait.Name}'",
                AwaitInstead));
        }
    }

    private static void CheckFunction(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        var function = context.Operation switch
        {
            IAnonymousFunctionOperation anonymous => anonymous.Symbol,
            ILocalFunctionOperation local => local.Symbol,
            _ => null,
        };
        if (function is { IsAsync: true, ReturnsVoid: true }
            && HandlerMethods.IsHandlerType(context.ContainingSymbol.ContainingType, symbols))
        {
            ReportAsyncVoid(
                context.ReportDiagnostic, function, context.ContainingSymbol.ContainingType, function.Locations[0]);
        }
    }

    private static void CheckMethod(SymbolAnalysisContext context, AsynqSymbols symbols)
    {
        if (context.Symbol is IMethodSymbol { IsAsync: true, ReturnsVoid: true } method
            && HandlerMethods.IsHandlerType(method.ContainingType, symbols))
        {
            ReportAsyncVoid(context.ReportDiagnostic, method, method.ContainingType, method.Locations[0]);
        }
    }

    private static void ReportAsyncVoid(
        Action<Diagnostic> report, IMethodSymbol function, INamedTypeSymbol handler, Location location)
    {
        var name = function.MethodKind == MethodKind.AnonymousFunction ? "a lambda" : $"'{function.Name}'";
        report(Diagnostic.Create(
            RoutingRules.HandlerBlocks, location, handler.Name, $"declares {name} as async void", ReturnTask));
    }
}
