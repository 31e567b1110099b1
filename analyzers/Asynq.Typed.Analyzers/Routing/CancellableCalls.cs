using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>
/// The calls that a body waits for, that could take a cancellation token and are given none. Those in its lambdas and local
/// functions are left out: a static one cannot see the token, and one may have a name of its own for something else.
/// </summary>
internal static class CancellableCalls
{
    internal static IEnumerable<CancellableCall> In(IOperation body, INamedTypeSymbol token, Compilation compilation)
    {
        foreach (var call in AwaitedCalls.In(body))
        {
            if (Parameter(call, token, compilation) is { } found)
            {
                yield return found;
            }
        }
    }

    private static CancellableCall? Parameter(IInvocationOperation call, INamedTypeSymbol token, Compilation compilation)
    {
        foreach (var argument in call.Arguments)
        {
            if (SymbolEqualityComparer.Default.Equals(argument.Parameter?.Type, token))
            {
                return argument.ArgumentKind == ArgumentKind.DefaultValue
                    ? new CancellableCall(call, argument.Parameter!)
                    : null;
            }
        }

        return Overload(call, token, compilation) is { } overload
            ? new CancellableCall(call, overload.Parameters[overload.Parameters.Length - 1])
            : null;
    }

    private static IMethodSymbol? Overload(IInvocationOperation call, INamedTypeSymbol token, Compilation compilation)
    {
        var called = call.TargetMethod.OriginalDefinition;
        var within = call.SemanticModel?.GetEnclosingSymbol(call.Syntax.SpanStart)?.ContainingType;
        foreach (var member in called.ContainingType.GetMembers(called.Name))
        {
            if (member is IMethodSymbol candidate
                && TakesTokenBesides(candidate, called, token)
                && (within is null || compilation.IsSymbolAccessibleWithin(candidate, within)))
            {
                return candidate;
            }
        }

        return null;
    }

    private static bool TakesTokenBesides(IMethodSymbol candidate, IMethodSymbol called, INamedTypeSymbol token)
    {
        var count = called.Parameters.Length;
        if (candidate.Parameters.Length != count + 1
            || candidate.Arity != called.Arity
            || candidate.IsStatic != called.IsStatic
            || !SymbolEqualityComparer.Default.Equals(candidate.Parameters[count].Type, token))
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            // By text: the type parameters of two generic methods are never equal as symbols.
            if (candidate.Parameters[i].Type.ToDisplayString() != called.Parameters[i].Type.ToDisplayString())
            {
                return false;
            }
        }

        return true;
    }
}
