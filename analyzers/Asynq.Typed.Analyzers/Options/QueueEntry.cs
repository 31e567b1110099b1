using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>A queue and its weight, as an entry of a server's <c>Queues</c>.</summary>
internal sealed class QueueEntry(IOperation name, IOperation weight, bool replaces)
{
    internal IOperation Name { get; } = name;

    internal IOperation Weight { get; } = weight;

    /// <summary>Whether the entry replaces an earlier one of its name in silence.</summary>
    internal bool Replaces { get; } = replaces;

    /// <summary>The entry that one operation makes, whichever dictionary it belongs to.</summary>
    internal static QueueEntry? In(IOperation operation) => operation switch
    {
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true, Arguments.Length: 1 } target } assignment =>
            new QueueEntry(target.Arguments[0].Value, assignment.Value, replaces: true),
        IInvocationOperation { TargetMethod.Name: "Add" or "TryAdd", Arguments.Length: 2 } call =>
            new QueueEntry(call.Arguments[0].Value, call.Arguments[1].Value, replaces: false),
        _ => null,
    };
}
