using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>Tasks that are known to be complete where their result is read, which then holds nothing up.</summary>
internal static class CompleteTasks
{
    /// <summary>
    /// Whether a task was awaited, or asked if it is complete, earlier in the same body, by itself or with the collection that
    /// it is taken from; or is what a continuation is given.
    /// </summary>
    internal static bool Holds(IOperation? task, IOperation use) =>
        task is not null
        && ((Variable(task) is { } variable && IsEarlier(use, operation => Settles(operation, variable)))
            || IsOfComplete(task, use));

    private static bool IsOfComplete(IOperation task, IOperation use) => SourceOf(task, use) switch
    {
        IInvocationOperation { TargetMethod: { Name: "ContinueWith" or "WhenEach", ContainingType: var type } } => BlockingWait.IsTask(type),
        { } source when Variable(source) is { } collection =>
            IsEarlier(use, operation => IsWhenAll(operation) && operation.Descendants().Any(inner => Is(inner, collection))),
        _ => false,
    };

    /// <summary>The collection that a task is taken from, or the call that gives it to a continuation.</summary>
    private static IOperation? SourceOf(IOperation task, IOperation use)
    {
        var source = task switch
        {
            ILocalReferenceOperation local => LoopOver(local.Local, use)?.Collection,
            IParameterReferenceOperation parameter => CallWith(parameter.Parameter, use),
            IArrayElementReferenceOperation element => element.ArrayReference,
            IPropertyReferenceOperation { Property.IsIndexer: true } element => element.Instance,
            IInvocationOperation call when IsQuery(call) => call,
            _ => null,
        };
        while (true)
        {
            switch (source)
            {
                case IConversionOperation conversion:
                    source = conversion.Operand;
                    break;
                case IInvocationOperation call when IsQuery(call):
                    source = call.Arguments[0].Value;
                    break;
                default:
                    return source;
            }
        }
    }

    private static IForEachLoopOperation? LoopOver(ILocalSymbol local, IOperation use)
    {
        for (var outer = use.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IForEachLoopOperation loop && loop.Locals.Contains(local, SymbolEqualityComparer.Default))
            {
                return loop;
            }
        }

        return null;
    }

    /// <summary>The call that is given a function of which this is the first parameter.</summary>
    private static IInvocationOperation? CallWith(IParameterSymbol parameter, IOperation use)
    {
        for (var outer = use.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation function
                && parameter.Ordinal == 0
                && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, function.Symbol))
            {
                var given = function.Parent;
                while (given is IDelegateCreationOperation or IConversionOperation)
                {
                    given = given.Parent;
                }

                return given is IArgumentOperation { Parent: IInvocationOperation call } ? call : null;
            }
        }

        return null;
    }

    private static bool IsQuery(IInvocationOperation call) =>
        call.TargetMethod.ContainingType is { Name: "Enumerable", ContainingNamespace: { Name: "Linq", ContainingNamespace.Name: "System" } }
        && call.Arguments.Length > 0;

    private static bool IsEarlier(IOperation use, Func<IOperation, bool> matches)
    {
        var body = use;
        while (body.Parent is { } parent)
        {
            body = parent;
        }

        return body.Descendants().Any(operation => operation.Syntax.SpanStart < use.Syntax.SpanStart && matches(operation));
    }

    private static bool IsWhenAll(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: "WhenAll", IsStatic: true } method }
        && BlockingWait.IsTask(method.ContainingType);

    private static bool Settles(IOperation operation, ISymbol variable) => operation switch
    {
        IAwaitOperation awaited => awaited.Descendants().Any(inner => Is(inner, variable)),
        IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully", Instance: { } instance }
            => Is(instance, variable),
        _ => false,
    };

    private static bool Is(IOperation operation, ISymbol variable) =>
        SymbolEqualityComparer.Default.Equals(Variable(operation), variable);

    private static ISymbol? Variable(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        _ => null,
    };
}
