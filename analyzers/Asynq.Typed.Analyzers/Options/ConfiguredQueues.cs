using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>
/// The queues of one <c>AddServer</c>. Known only where its lambda gives a whole dictionary of constants on every way through it:
/// entries that are added come on top of what the configuration says, which cannot be seen.
/// </summary>
internal static class ConfiguredQueues
{
    /// <returns>Every queue that may be among them; <c>null</c> where that cannot be told.</returns>
    internal static ImmutableHashSet<string>? Of(IInvocationOperation call, AsynqSymbols symbols)
    {
        if (LambdaOf(call) is not { } lambda || !IsGivenAlways(lambda, symbols))
        {
            return null;
        }

        var names = ImmutableHashSet<string>.Empty;
        foreach (var operation in lambda.Body.Descendants())
        {
            if (IsPassedOn(operation, lambda))
            {
                return null;
            }

            if (QueueEntries.IsQueues(operation, symbols))
            {
                if (NamesAt(operation, symbols) is not { } given)
                {
                    return null;
                }

                names = names.Union(given);
            }
        }

        return names.IsEmpty ? null : names;
    }

    private static IAnonymousFunctionOperation? LambdaOf(IInvocationOperation call) =>
        call.Arguments.Length == 1
        && call.Arguments[0].Value is IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda }
            ? lambda
            : null;

    private static bool IsGivenAlways(IAnonymousFunctionOperation lambda, AsynqSymbols symbols) =>
        lambda.Body.Operations.Any(statement =>
            statement is IExpressionStatementOperation { Operation: ISimpleAssignmentOperation { Target: var target } }
            && QueueEntries.IsQueues(target, symbols))
        && !lambda.Body.Descendants().Any(operation => operation is IReturnOperation { IsImplicit: false });

    /// <summary>Whether the options themselves go to where they cannot be followed.</summary>
    private static bool IsPassedOn(IOperation operation, IAnonymousFunctionOperation lambda) =>
        operation is IParameterReferenceOperation { Parameter: var parameter, Parent: not IPropertyReferenceOperation }
        && SymbolEqualityComparer.Default.Equals(parameter, lambda.Symbol.Parameters.FirstOrDefault());

    /// <summary>What is given at one mention of <c>Queues</c>; <c>null</c> where it is more than constants, or something else.</summary>
    private static List<string>? NamesAt(IOperation queues, AsynqSymbols symbols)
    {
        if (queues.Parent is ISimpleAssignmentOperation assignment && assignment.Target == queues)
        {
            return ValueSources.Of(assignment.Value).All(IsMadeHere)
                ? Names(QueueEntries.In(assignment, symbols).SelectMany(entries => entries))
                : null;
        }

        var operation = queues.Parent is IPropertyReferenceOperation { Property.IsIndexer: true } index ? index.Parent : queues.Parent;
        return operation is not null && CollectionContents.TargetOf(operation) == queues && QueueEntry.In(operation) is { } entry
            ? Names([entry])
            : null;
    }

    // Another dictionary is copied with what it holds then, of which only some may be seen.
    private static bool IsMadeHere(IOperation value) =>
        value is ICollectionExpressionOperation { Elements.IsEmpty: true }
        || (value is IObjectCreationOperation creation
            && creation.Arguments.All(argument => argument.Parameter?.Type is { SpecialType: SpecialType.System_Int32 } or { Name: "IEqualityComparer" }));

    private static List<string>? Names(IEnumerable<QueueEntry> entries)
    {
        var names = new List<string>();
        foreach (var entry in entries)
        {
            if (!ConstantStrings.TryGet(entry.Name, out var name) || name is null)
            {
                return null;
            }

            // Such a weight leaves the queue out.
            if (ConstantNumbers.Of(entry.Weight) is not <= 0)
            {
                names.Add(name);
            }
        }

        return names;
    }
}
