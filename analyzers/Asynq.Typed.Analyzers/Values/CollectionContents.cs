using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Values;

/// <summary>
/// What is put into a collection where it is made, and into one that a local holds before it is used. As the operations that do it:
/// a call, an assignment to an index, or an element of a collection expression.
/// </summary>
internal static class CollectionContents
{
    /// <summary>One list for each collection that the value can be and that is seen being made.</summary>
    internal static IEnumerable<IReadOnlyList<IOperation>> Of(IOperation value)
    {
        foreach (var source in ValueSources.Of(value))
        {
            if (Made(source) is { } content)
            {
                yield return content;
            }
            else if (Definition.Of(source) is { } definition)
            {
                var added = source is ILocalReferenceOperation local ? AddedTo(local) : [];
                foreach (var made in ValueSources.Of(definition).Select(Made).OfType<IReadOnlyList<IOperation>>())
                {
                    yield return added is null ? [] : [.. made, .. added];
                }
            }
        }
    }

    /// <summary>What an operation puts something into.</summary>
    internal static IOperation? TargetOf(IOperation operation) => operation switch
    {
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true } target } => target.Instance,
        IInvocationOperation call => call.Instance,
        _ => null,
    };

    private static IReadOnlyList<IOperation>? Made(IOperation value) => value switch
    {
        IObjectCreationOperation { Initializer: { } initializer } => initializer.Initializers,
        IObjectCreationOperation => [],
        ICollectionExpressionOperation expression => expression.Elements,
        _ => null,
    };

    /// <summary>
    /// What is put into a local's collection on every way to where it is used; <c>null</c> where something is taken out too.
    /// </summary>
    private static List<IOperation>? AddedTo(ILocalReferenceOperation use)
    {
        var around = new HashSet<IOperation>();
        IOperation body = use;
        while (body.Parent is { } parent)
        {
            around.Add(parent);
            body = parent;
        }

        var added = new List<IOperation>();
        foreach (var operation in body.Descendants())
        {
            if (TargetOf(operation) is not ILocalReferenceOperation target
                || !SymbolEqualityComparer.Default.Equals(target.Local, use.Local))
            {
                continue;
            }

            if (operation is IInvocationOperation { TargetMethod.Name: "Remove" or "RemoveWhere" or "Clear" })
            {
                return null;
            }

            if (operation.Parent is IExpressionStatementOperation { Parent: IBlockOperation block }
                && around.Contains(block)
                && operation.Syntax.SpanStart < use.Syntax.SpanStart)
            {
                added.Add(operation);
            }
        }

        return added;
    }
}
