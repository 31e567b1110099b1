using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace Asynq.Typed.CodeFixes;

/// <summary>Sets the shortest grace period of groups that is allowed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SetGracePeriodFix))]
[Shared]
public sealed class SetGracePeriodFix : NodeFix
{
    private static readonly string Least = GroupLimits.MinGroupGracePeriodSeconds.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.ASQ3003GracePeriodIsTooShort];

    private protected override string Title => $"Set the grace period to {Least} s";

    private protected override void Apply(DocumentEditor editor, SyntaxNode node, CancellationToken cancellationToken)
    {
        var generator = editor.Generator;
        if (node.FirstAncestorOrSelf<ExpressionSyntax>() is { } value
            && editor.SemanticModel.Compilation.GetTypeByMetadataName("System.TimeSpan") is { } timeSpan)
        {
            var least = generator.InvocationExpression(
                generator.MemberAccessExpression(
                    generator.TypeExpression(timeSpan).WithAdditionalAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation),
                    nameof(TimeSpan.FromSeconds)),
                generator.LiteralExpression(GroupLimits.MinGroupGracePeriodSeconds));
            editor.ReplaceNode(value, least.WithTriviaFrom(value));
        }
    }
}
