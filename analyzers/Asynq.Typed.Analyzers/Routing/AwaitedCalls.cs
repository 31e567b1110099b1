using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>
/// The calls whose tasks a body waits for: at once, through <c>Task.WhenAll</c> or a local, by returning them, or as a stream.
/// </summary>
internal static class AwaitedCalls
{
    /// <summary>Each call once. What lambdas and local functions of the body wait for is left out.</summary>
    internal static IEnumerable<IInvocationOperation> In(IOperation body)
    {
        var own = Own(body).ToList();
        var seen = new HashSet<IOperation>();
        foreach (var operation in own)
        {
            if (Awaited(operation) is not { } awaited)
            {
                continue;
            }

            var waiting = new Stack<IOperation>();
            waiting.Push(awaited);
            while (waiting.Count > 0)
            {
                var part = waiting.Pop();
                if (!seen.Add(part))
                {
                    continue;
                }

                foreach (var source in Sources(part, own).Reverse())
                {
                    waiting.Push(source);
                }

                if (part is IInvocationOperation call)
                {
                    yield return call;
                }
            }
        }
    }

    private static IEnumerable<IOperation> Own(IOperation body)
    {
        var waiting = new Stack<IOperation>();
        waiting.Push(body);
        while (waiting.Count > 0)
        {
            var operation = waiting.Pop();
            yield return operation;
            foreach (var child in operation.ChildOperations.Reverse())
            {
                if (child is not (IAnonymousFunctionOperation or ILocalFunctionOperation))
                {
                    waiting.Push(child);
                }
            }
        }
    }

    private static IOperation? Awaited(IOperation operation) => operation switch
    {
        IAwaitOperation { Operation: var operand } => operand,
        IReturnOperation { ReturnedValue: { } value } when BlockingWait.IsTask(value.Type) => value,
        IForEachLoopOperation { IsAsynchronous: true, Collection: var stream } => stream,
        _ => null,
    };

    /// <summary>What an awaited expression has its tasks from.</summary>
    private static IEnumerable<IOperation> Sources(IOperation awaited, List<IOperation> own) => awaited switch
    {
        IConversionOperation conversion => [conversion.Operand],
        IConditionalOperation { WhenFalse: { } otherwise } choice => [choice.WhenTrue, otherwise],
        ICoalesceOperation choice => [choice.Value, choice.WhenNull],
        IConditionalAccessOperation access => [access.WhenNotNull],
        ISwitchExpressionOperation choice => choice.Arms.Select(arm => arm.Value),
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        ICollectionExpressionOperation collection => collection.Elements,
        IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } call =>
            call.Instance is { } instance ? [instance] : call.Arguments.Take(1).Select(argument => argument.Value),
        IInvocationOperation { TargetMethod: { Name: "WhenAll" or "WhenAny", IsStatic: true } method } call
            when BlockingWait.IsTask(method.ContainingType) => call.Arguments.Select(argument => argument.Value),
        ILocalReferenceOperation local => own.SelectMany(operation => ValuesOf(operation, local.Local)),
        _ => [],
    };

    private static IEnumerable<IOperation> ValuesOf(IOperation operation, ILocalSymbol local) => operation switch
    {
        IVariableDeclaratorOperation { Symbol: var declared } declarator
            when SymbolEqualityComparer.Default.Equals(declared, local) && declarator.GetVariableInitializer() is { } initializer =>
            [initializer.Value],
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation target, Value: var value }
            when SymbolEqualityComparer.Default.Equals(target.Local, local) => [value],
        _ => [],
    };
}
