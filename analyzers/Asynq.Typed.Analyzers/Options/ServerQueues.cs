using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>The queues that the servers of an application consume, where every one of them is a constant.</summary>
internal sealed class ServerQueues
{
    private static readonly ConditionalWeakTable<Compilation, Lazy<ServerQueues>> Made = new();

    private ServerQueues(ImmutableHashSet<string>? names) => Names = names;

    /// <summary>The names; <c>null</c> where there is no server, or one whose queues cannot be told.</summary>
    internal ImmutableHashSet<string>? Names { get; }

    internal static ServerQueues In(Compilation compilation, AsynqSymbols symbols) =>
        Made.GetValue(compilation, _ => new(() => new ServerQueues(Find(compilation, symbols)))).Value;

    private static ImmutableHashSet<string>? Find(Compilation compilation, AsynqSymbols symbols)
    {
        ImmutableHashSet<string>? all = null;
        foreach (var call in InvokedNames.CallsOf("AddServer", compilation).Where(call => symbols.IsAddServer(call.TargetMethod)))
        {
            if (QueuesOf(call, symbols) is not { } names)
            {
                return null;
            }

            all = (all ?? ImmutableHashSet<string>.Empty).Union(names);
        }

        return all;
    }

    /// <summary>
    /// The queues of one server. Only where it is given a whole dictionary of them: entries that are added come on top of
    /// what the configuration says, which cannot be seen.
    /// </summary>
    private static ImmutableHashSet<string>? QueuesOf(IInvocationOperation call, AsynqSymbols symbols)
    {
        ImmutableHashSet<string>? names = null;
        foreach (var operation in call.Arguments.SelectMany(argument => argument.Value.Descendants()))
        {
            if (operation is ISimpleAssignmentOperation { Target: var target } && QueueEntries.IsQueues(target, symbols))
            {
                names = ImmutableHashSet<string>.Empty;
            }

            foreach (var entry in QueueEntries.In(operation, symbols))
            {
                if (names is null || !ConstantStrings.TryGet(entry.Name, out var name) || name is null)
                {
                    return null;
                }

                names = ConstantNumbers.Of(entry.Weight) is <= 0 ? names : names.Add(name);
            }
        }

        return names is { IsEmpty: false } ? names : null;
    }
}
