using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>Enqueues whose outcome nobody learns of.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EnqueueObservedAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [OptionRules.EnqueueIsNotAwaited];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols) =>
        context.RegisterOperationAction(operation => Check(operation, symbols), OperationKind.Invocation);

    private static void Check(OperationAnalysisContext context, AsynqSymbols symbols)
    {
        var call = (IInvocationOperation)context.Operation;
        if (symbols.IsEnqueue(call.TargetMethod) && IsUnobserved(call))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                OptionRules.EnqueueIsNotAwaited, call.Syntax.GetLocation(), call.TargetMethod.Name));
        }
    }

    private static bool IsUnobserved(IInvocationOperation call)
    {
        IOperation value = call;
        while (value.Parent is IConversionOperation or IConditionalAccessOperation
            or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" })
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IExpressionStatementOperation => true,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => !IsRead(declarator.Symbol, call),
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation target, Parent: IExpressionStatementOperation } =>
                !IsRead(target.Local, call),
            _ => false,
        };
    }

    private static bool IsRead(ILocalSymbol local, IOperation within)
    {
        var body = within;
        while (body.Parent is { } parent)
        {
            body = parent;
        }

        foreach (var operation in body.Descendants())
        {
            if (operation is ILocalReferenceOperation reference
                && SymbolEqualityComparer.Default.Equals(reference.Local, local)
                && !(reference.Parent is ISimpleAssignmentOperation assignment && assignment.Target == reference))
            {
                return true;
            }
        }

        return false;
    }
}
