using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Model;

/// <summary>The names of all methods that a project's own source calls, without a look at what they mean.</summary>
internal static class InvokedNames
{
    private static readonly ConditionalWeakTable<Compilation, Lazy<HashSet<string>>> Made = new();

    internal static HashSet<string> In(Compilation compilation) => 
        Made.GetValue(compilation, _ => new(() => Find(compilation))).Value;

    internal static bool IsGenerated(SyntaxTree tree) => tree.FilePath.EndsWith(".g.cs", StringComparison.OrdinalIgnoreCase);

    /// <summary>The calls of methods of one name. Only files with such a name in them are looked into.</summary>
    internal static IEnumerable<IInvocationOperation> CallsOf(string name, Compilation compilation)
    {
        if (!In(compilation).Contains(name))
        {
            yield break;
        }

        foreach (var tree in compilation.SyntaxTrees)
        {
            SemanticModel? model = null;
            foreach (var node in IsGenerated(tree) ? [] : tree.GetRoot().DescendantNodes())
            {
                if (node is InvocationExpressionSyntax invocation && NameOf(invocation.Expression)?.Identifier.ValueText == name)
                {
#pragma warning disable RS1030 // The calls stand in other files than what asks for them, which does so once for a compilation.
                    model ??= compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
                    if (model.GetOperation(invocation) is IInvocationOperation call)
                    {
                        yield return call;
                    }
                }
            }
        }
    }

    private static HashSet<string> Find(Compilation compilation)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (!IsGenerated(tree))
            {
                Collect(tree.GetRoot(), names);
            }
        }

        return names;
    }

    private static void Collect(SyntaxNode root, HashSet<string> names)
    {
        foreach (var node in root.DescendantNodes())
        {
            if (node is InvocationExpressionSyntax invocation && NameOf(invocation.Expression) is { } name)
            {
                names.Add(name.Identifier.ValueText);
            }
        }
    }

    internal static SimpleNameSyntax? NameOf(ExpressionSyntax called) => called switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };
}
