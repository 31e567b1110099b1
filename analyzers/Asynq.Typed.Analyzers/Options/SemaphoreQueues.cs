using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>The names that an operation puts into a semaphore's <c>Queues</c>.</summary>
internal static class SemaphoreQueues
{
    internal static IEnumerable<IOperation> NamesIn(IOperation operation, AsynqSymbols symbols)
    {
        foreach (var assignment in OptionAssignment.AllIn(operation))
        {
            if (IsQueues(assignment.Target, symbols))
            {
                return CollectionContents.Of(assignment.Value).SelectMany(content => content).Select(NameOf).OfType<IOperation>();
            }
        }

        if (operation is IMemberInitializerOperation { Initializer: { } initializer } member
            && IsQueues(member.InitializedMember, symbols))
        {
            return initializer.Initializers.Select(NameOf).OfType<IOperation>();
        }

        return operation is IInvocationOperation { Instance: { } set } && IsQueues(set, symbols) && NameOf(operation) is { } name
            ? [name]
            : [];
    }

    private static IOperation? NameOf(IOperation content) => content switch
    {
        IInvocationOperation { TargetMethod.Name: "Add", Arguments.Length: 1 } call => call.Arguments[0].Value,
        IInvocationOperation or ISpreadOperation => null,
        _ => content,
    };

    private static bool IsQueues(IOperation operation, AsynqSymbols symbols) =>
        operation is IPropertyReferenceOperation { Property: { Name: "Queues" } property }
        && SymbolEqualityComparer.Default.Equals(property.ContainingType, symbols.SemaphoreOptions);
}
