using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>Calls on one builder: one after another in a chain, or on the same variable.</summary>
internal static class BuilderChain
{
    /// <summary>The call whose result a call is made on.</summary>
    internal static IInvocationOperation? Receiver(IInvocationOperation call) => ReceiverOf(call) as IInvocationOperation;

    /// <summary>The calls of the same body that are made on the same builder before this one.</summary>
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
                && SymbolEqualityComparer.Default.Equals(Variable(other), variable))
            {
                yield return other;
            }
        }
    }

    private static ISymbol? Variable(IInvocationOperation call)
    {
        var first = call;
        while (Receiver(first) is { } earlier)
        {
            first = earlier;
        }

        return ReceiverOf(first) switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            _ => null,
        };
    }

    private static IOperation? ReceiverOf(IInvocationOperation call)
    {
        var receiver = call.Instance
            ?? (call.TargetMethod.IsExtensionMethod && call.Arguments.Length > 0 ? call.Arguments[0].Value : null);
        return receiver is IConversionOperation conversion ? conversion.Operand : receiver;
    }
}
