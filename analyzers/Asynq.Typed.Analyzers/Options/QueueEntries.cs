using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>The entries by which an operation sets a server's <c>Queues</c>.</summary>
internal static class QueueEntries
{
    /// <summary>One list for each dictionary that the operation may give, or one with the single entry that it adds.</summary>
    internal static IEnumerable<IReadOnlyList<QueueEntry>> In(IOperation operation, AsynqSymbols symbols)
    {
        foreach (var assignment in OptionAssignment.AllIn(operation))
        {
            if (IsQueues(assignment.Target, symbols))
            {
                foreach (var content in CollectionContents.Of(assignment.Value))
                {
                    yield return Entries(content);
                }
            }
        }

        if (operation is IMemberInitializerOperation { Initializer: { } initializer } member
            && IsQueues(member.InitializedMember, symbols))
        {
            yield return Entries(initializer.Initializers);
        }

        if (CollectionContents.TargetOf(operation) is { } dictionary
            && IsQueues(dictionary, symbols)
            && QueueEntry.In(operation) is { } entry)
        {
            yield return [entry];
        }
    }

    /// <summary>Whether an operation gives <c>Queues</c> as a whole, so that entries before it do not count.</summary>
    internal static bool Replaces(IOperation operation, AsynqSymbols symbols) =>
        OptionAssignment.In(operation) is { } assignment && IsQueues(assignment.Target, symbols);

    /// <summary>The options whose <c>Queues</c> an operation sets.</summary>
    internal static IOperation? OwnerOf(IOperation operation, AsynqSymbols symbols)
    {
        var queues = OptionAssignment.In(operation) is { } assignment && IsQueues(assignment.Target, symbols)
            ? assignment.Target
            : operation is IMemberInitializerOperation member ? member.InitializedMember : CollectionContents.TargetOf(operation);
        return queues is IPropertyReferenceOperation reference && IsQueues(queues, symbols) ? reference.Instance : null;
    }

    /// <summary>Whether two references in one list of statements, or in one initialiser, are to the same options.</summary>
    internal static bool IsSame(IOperation? first, IOperation? second) => (first, second) switch
    {
        (IInstanceReferenceOperation, IInstanceReferenceOperation) => true,
        (ILocalReferenceOperation one, ILocalReferenceOperation other) => SymbolEqualityComparer.Default.Equals(one.Local, other.Local),
        (IParameterReferenceOperation one, IParameterReferenceOperation other) =>
            SymbolEqualityComparer.Default.Equals(one.Parameter, other.Parameter),
        (IMemberReferenceOperation one, IMemberReferenceOperation other) => one.Syntax.ToString() == other.Syntax.ToString(),
        _ => false,
    };

    internal static bool IsQueues(IOperation operation, AsynqSymbols symbols) =>
        operation is IPropertyReferenceOperation { Property: { Name: "Queues" } property }
        && SymbolEqualityComparer.Default.Equals(property.ContainingType, symbols.ServerOptions);

    private static IReadOnlyList<QueueEntry> Entries(IEnumerable<IOperation> content) =>
        [.. content.Select(QueueEntry.In).OfType<QueueEntry>()];
}
