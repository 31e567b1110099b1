using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>An operation that holds its thread until a task is complete.</summary>
internal sealed class BlockingWait
{
    private BlockingWait(string name, IOperation? awaited)
    {
        Name = name;
        Awaited = awaited;
    }

    internal string Name { get; }

    /// <summary>The task that is waited for; <c>null</c> where there are several.</summary>
    internal IOperation? Awaited { get; }

    internal static BlockingWait? In(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Property.Name: "Result", Instance: { } task } when IsTask(task.Type)
            => new BlockingWait("Result", task),
        IInvocationOperation { TargetMethod: { Name: "Wait", ContainingType: var type }, Instance: { } task } when IsTask(type)
            => new BlockingWait("Wait", task),
        IInvocationOperation { TargetMethod: { Name: "WaitAll" or "WaitAny", IsStatic: true } method } when IsTask(method.ContainingType)
            => new BlockingWait(method.Name, null),
        IInvocationOperation { TargetMethod.Name: "GetResult", Instance: IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } task } }
            => new BlockingWait("GetResult", WithoutConfigureAwait(task)),
        _ => null,
    };

    /// <summary>
    /// Whether a task was awaited, or asked if it is complete, earlier in the same body: reading its result then holds
    /// nothing up.
    /// </summary>
    internal static bool IsOver(IOperation? task, IOperation use)
    {
        if (Variable(task) is not { } variable)
        {
            return false;
        }

        var body = use;
        while (body.Parent is { } parent)
        {
            body = parent;
        }

        foreach (var operation in body.Descendants())
        {
            if (operation.Syntax.SpanStart < use.Syntax.SpanStart && Settles(operation, variable))
            {
                return true;
            }
        }

        return false;
    }

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
        _ => null,
    };

    private static IOperation WithoutConfigureAwait(IOperation task) =>
        task is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } instance } ? instance : task;

    private static bool IsTask(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "Task" or "ValueTask" } named
        && named.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks";
}
