using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>The queues that the servers of an application consume, where every one of them is a constant.</summary>
internal sealed class ServerQueues
{
    private static readonly ConditionalWeakTable<Compilation, ServerQueues> Made = new();

    private ServerQueues(ImmutableHashSet<string>? names) => Names = names;

    /// <summary>The names; <c>null</c> where there is no server, or one whose queues cannot be told.</summary>
    internal ImmutableHashSet<string>? Names { get; }

    internal static ServerQueues In(Compilation compilation, AsynqSymbols symbols) =>
        Made.GetValue(compilation, _ => new ServerQueues(Find(compilation, symbols)));

    private static ImmutableHashSet<string>? Find(Compilation compilation, AsynqSymbols symbols)
    {
        if (!InvokedNames.In(compilation).Contains("AddServer"))
        {
            return null;
        }

        ImmutableHashSet<string>? all = null;
        foreach (var call in Calls(compilation, symbols))
        {
            if (QueuesOf(call, symbols) is not { } names)
            {
                return null;
            }

            all = (all ?? ImmutableHashSet<string>.Empty).Union(names);
        }

        return all;
    }

    private static IEnumerable<IInvocationOperation> Calls(Compilation compilation, AsynqSymbols symbols)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            SemanticModel? model = null;
            foreach (var node in InvokedNames.IsGenerated(tree) ? [] : tree.GetRoot().DescendantNodes())
            {
                if (node is InvocationExpressionSyntax invocation
                    && InvokedNames.NameOf(invocation.Expression)?.Identifier.ValueText == "AddServer")
                {
#pragma warning disable RS1030 // The servers stand in other files than the enqueues; only files with one are looked into, once.
                    model ??= compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
                    if (model.GetOperation(invocation) is IInvocationOperation call && symbols.IsAddServer(call.TargetMethod))
                    {
                        yield return call;
                    }
                }
            }
        }
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
