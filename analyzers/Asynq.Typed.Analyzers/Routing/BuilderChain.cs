using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>Calls on one builder: one after another in a chain, or on the same variable.</summary>
internal static class BuilderChain
{
    /// <summary>The call whose result a call is made on.</summary>
    internal static IInvocationOperation? Receiver(IInvocationOperation call) => ReceiverOf(call) as IInvocationOperation;

    /// <summary>The calls of the same body that are made on the same builder before this one, whatever way leads to it.</summary>
    internal static IEnumerable<IInvocationOperation> Before(IInvocationOperation call)
    {
        var chain = new HashSet<SyntaxNode>();
        for (var earlier = Receiver(call); earlier is not null; earlier = Receiver(earlier))
        {
            chain.Add(earlier.Syntax);
            yield return earlier;
        }

        if (Variable(call) is not { } variable)
        {
            yield break;
        }

        IOperation body = call;
        while (body.Parent is { } parent)
        {
            body = parent;
        }

        foreach (var operation in body.Descendants())
        {
            if (operation is IInvocationOperation other
                && other.Syntax.Span.End <= call.Syntax.SpanStart
                && !chain.Contains(other.Syntax)
                && SymbolEqualityComparer.Default.Equals(Variable(other), variable)
                && Passages.IsAlwaysBefore(other, call)
                && !IsReplaced(variable, body, other, call))
            {
                yield return other;
            }
        }
    }

    /// <summary>Whether the variable may hold another builder at a call than at an earlier one.</summary>
    private static bool IsReplaced(ISymbol variable, IOperation body, IOperation earlier, IOperation later) =>
        body.Descendants().Any(operation =>
            operation.Syntax.SpanStart < later.Syntax.SpanStart
            && operation.Syntax.Span.End > earlier.Syntax.Span.End
            && Replaces(operation, variable));

    private static bool Replaces(IOperation operation, ISymbol variable) => operation switch
    {
        // A call on the builder returns the builder itself.
        ISimpleAssignmentOperation { Target: var target, Value: var value } =>
            Is(target, variable)
            && !(Unconverted(value) is IInvocationOperation call && SymbolEqualityComparer.Default.Equals(Variable(call), variable)),
        IDeconstructionAssignmentOperation { Target: var target } => target.Descendants().Any(part => Is(part, variable)),
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out, Value: var value } => Is(value, variable),
        _ => false,
    };

    private static bool Is(IOperation? operation, ISymbol variable) =>
        SymbolEqualityComparer.Default.Equals(VariableIn(operation), variable);

    private static ISymbol? Variable(IInvocationOperation call)
    {
        var first = call;
        while (Receiver(first) is { } earlier)
        {
            first = earlier;
        }

        return VariableIn(ReceiverOf(first));
    }

    private static ISymbol? VariableIn(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    private static IOperation? ReceiverOf(IInvocationOperation call) => Unconverted(
        call.Instance ?? (call.TargetMethod.IsExtensionMethod && call.Arguments.Length > 0 ? call.Arguments[0].Value : null));

    private static IOperation? Unconverted(IOperation? operation) =>
        operation is IConversionOperation conversion ? conversion.Operand : operation;
}
