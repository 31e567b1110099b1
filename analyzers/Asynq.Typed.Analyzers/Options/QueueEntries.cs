using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>The entries by which an operation sets a server's <c>Queues</c>.</summary>
internal static class QueueEntries
{
    internal static IReadOnlyList<QueueEntry> In(IOperation operation, AsynqSymbols symbols)
    {
        if (OptionAssignment.In(operation) is { } assignment && IsQueues(assignment.Target, symbols))
        {
            return [.. QueueEntry.InInitializer(Created(assignment.Value)?.Initializer)];
        }

        if (operation is IMemberInitializerOperation { Initializer: { } initializer } member
            && IsQueues(member.InitializedMember, symbols))
        {
            return [.. QueueEntry.InInitializer(initializer)];
        }

        return QueueEntry.DictionaryOf(operation) is { } dictionary
            && IsQueues(dictionary, symbols)
            && QueueEntry.In(operation) is { } entry
                ? [entry]
                : [];
    }

    internal static bool IsQueues(IOperation operation, AsynqSymbols symbols) =>
        operation is IPropertyReferenceOperation { Property: { Name: "Queues" } property }
        && SymbolEqualityComparer.Default.Equals(property.ContainingType, symbols.ServerOptions);

    private static IObjectCreationOperation? Created(IOperation value)
    {
        var source = value is IConversionOperation conversion ? conversion.Operand : value;
        return (source as IObjectCreationOperation) ?? (Definition.Of(source) as IObjectCreationOperation);
    }
}
