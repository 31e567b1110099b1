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

    internal static bool IsTask(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "Task" or "ValueTask" } named
        && named.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks";

    private static IOperation WithoutConfigureAwait(IOperation task) =>
        task is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } instance } ? instance : task;
}
