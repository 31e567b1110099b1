using System.Collections.Immutable;
using System.Composition;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Asynq.Typed.CodeFixes;

/// <summary>Seals a task. The types derived from it no longer compile, which is where the next decision is due.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SealTaskFix))]
[Shared]
public sealed class SealTaskFix : NodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.ASQ1009TaskHasDerivedTypes];

    private protected override string Title => "Seal the task";

    private protected override bool CanFix(Diagnostic diagnostic) =>
        diagnostic.Properties.ContainsKey(DerivedTaskAnalyzer.FixedBySealing);

    private protected override void Apply(DocumentEditor editor, SyntaxNode node, CancellationToken cancellationToken)
    {
        if (node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration)
        {
            editor.ReplaceNode(
                declaration,
                (current, generator) =>
                    generator.WithModifiers(current, generator.GetModifiers(current).WithIsSealed(true)));
        }
    }
}
