using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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
        var all = ImmutableHashSet<string>.Empty;
        var seen = new HashSet<SyntaxNode>();
        foreach (var call in InvokedNames.CallsOf("AddServer", compilation).Where(call => symbols.IsAddServer(call.TargetMethod)))
        {
            if (ConfiguredQueues.Of(call, symbols) is not { } names)
            {
                return null;
            }

            all = all.Union(names);
            seen.Add(call.Syntax);
        }

        return seen.Count > 0 && !AreSetElsewhere(compilation, seen, symbols) ? all : null;
    }

    /// <summary>Whether a server's queues are written, or handed on, anywhere but in the calls that were looked into.</summary>
    private static bool AreSetElsewhere(Compilation compilation, HashSet<SyntaxNode> seen, AsynqSymbols symbols)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            SemanticModel? model = null;
            foreach (var node in InvokedNames.IsGenerated(tree) ? [] : tree.GetRoot().DescendantNodes(inner => !seen.Contains(inner)))
            {
                if (node is not IdentifierNameSyntax { Identifier.ValueText: "Queues" })
                {
                    continue;
                }

#pragma warning disable RS1030 // Queues may be set in any file; this is asked once for a compilation that adds a server.
                model ??= compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
                if (ReferenceAt(node, model) is { } reference && QueueEntries.IsQueues(reference, symbols) && !IsRead(reference))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static IOperation? ReferenceAt(SyntaxNode name, SemanticModel model) =>
        model.GetOperation(name) ?? (name.Parent is { } access ? model.GetOperation(access) : null);

    private static bool IsRead(IOperation queues)
    {
        var use = queues.Parent is IConversionOperation ? queues.Parent : queues;
        return use.Parent switch
        {
            IPropertyReferenceOperation member => member.Instance == use && member.Parent is not IAssignmentOperation,
            IForEachLoopOperation loop => loop.Collection == use,
            _ => false,
        };
    }
}
