using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>A call, and the parameter of it, or of its overload, that takes the token.</summary>
internal sealed class CancellableCall(IInvocationOperation invocation, IParameterSymbol parameter)
{
    internal IInvocationOperation Invocation { get; } = invocation;

    internal IParameterSymbol Parameter { get; } = parameter;
}
