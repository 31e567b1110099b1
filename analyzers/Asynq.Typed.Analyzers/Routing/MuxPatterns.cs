using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>The patterns that a project gives to muxes.</summary>
internal sealed class MuxPatterns
{
    private static readonly ConditionalWeakTable<Compilation, Lazy<MuxPatterns>> Made = new();

    private readonly bool _takesAll;

    private MuxPatterns(ImmutableHashSet<string>? all, bool takesAll)
    {
        All = all;
        _takesAll = takesAll;
    }

    /// <summary>The patterns; <c>null</c> where one of them cannot be told.</summary>
    internal ImmutableHashSet<string>? All { get; }

    internal static MuxPatterns In(Compilation compilation, AsynqSymbols symbols) =>
        Made.GetValue(compilation, _ => new(() =>
            new MuxPatterns(Find(compilation, symbols), TakesAll(compilation, symbols)))).Value;

    /// <summary>Whether a mux may handle the tasks of a name.</summary>
    internal bool MayTake(string typeName) =>
        _takesAll || All is null || All.Any(pattern => typeName.StartsWith(pattern, StringComparison.Ordinal));

    internal static IOperation? PatternOf(IInvocationOperation call, AsynqSymbols symbols) =>
        symbols.IsMuxHandle(call.TargetMethod)
            ? call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value
            : null;

    private static ImmutableHashSet<string>? Find(Compilation compilation, AsynqSymbols symbols)
    {
        var found = ImmutableHashSet.CreateBuilder(StringComparer.Ordinal);
        foreach (var call in InvokedNames.CallsOf("Handle", compilation))
        {
            if (PatternOf(call, symbols) is not { } pattern)
            {
                continue;
            }

            if (!ConstantStrings.TryGet(pattern, out var text) || text is null)
            {
                return null;
            }

            found.Add(text);
        }

        return found.ToImmutable();
    }

    /// <summary>Whether a mux is given a handler of what no pattern fits.</summary>
    private static bool TakesAll(Compilation compilation, AsynqSymbols symbols) => compilation.SyntaxTrees.Any(tree =>
        !InvokedNames.IsGenerated(tree)
        && tree.GetRoot().DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment =>
            InvokedNames.NameOf(assignment.Left)?.Identifier.ValueText == "NotFound"
            && !assignment.Right.IsKind(SyntaxKind.NullLiteralExpression)
            && IsMuxMember(assignment.Left, compilation, symbols)));

    private static bool IsMuxMember(ExpressionSyntax member, Compilation compilation, AsynqSymbols symbols)
    {
#pragma warning disable RS1030 // It stands in another file than what asks for it, which does so once for a compilation.
        var model = compilation.GetSemanticModel(member.SyntaxTree);
#pragma warning restore RS1030
        return model.GetSymbolInfo(member).Symbol is IPropertySymbol { ContainingType.Name: "TaskMux" } property
            && symbols.OwnsAssemblyOf(property);
    }
}
