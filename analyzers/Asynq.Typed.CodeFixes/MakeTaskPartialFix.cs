using System.Collections.Immutable;
using System.Composition;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Asynq.Typed.CodeFixes;

/// <summary>Makes a task, and the types around it, partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakeTaskPartialFix))]
[Shared]
public sealed class MakeTaskPartialFix : NodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.ASQ1003TaskCannotBeCompleted];

    private protected override string Title => "Declare the task partial";

    private protected override bool CanFix(Diagnostic diagnostic) =>
        diagnostic.Properties.ContainsKey(TaskShape.FixedByPartial);

    private protected override void Apply(DocumentEditor editor, SyntaxNode node, CancellationToken cancellationToken)
    {
        foreach (var part in node.AncestorsAndSelf().OfType<TypeDeclarationSyntax>())
        {
            var type = editor.SemanticModel.GetDeclaredSymbol(part, cancellationToken);
            foreach (var reference in type?.DeclaringSyntaxReferences ?? [])
            {
                if (reference.SyntaxTree == part.SyntaxTree)
                {
                    editor.ReplaceNode(
                        reference.GetSyntax(cancellationToken),
                        (current, generator) =>
                            generator.WithModifiers(current, generator.GetModifiers(current).WithPartial(true)));
                }
            }
        }
    }
}
