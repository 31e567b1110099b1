using System.Collections.Immutable;
using System.Composition;
using System.Text;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace Asynq.Typed.CodeFixes;

/// <summary>Makes a task of the type that a handler handles, wherever the solution declares it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeclareTaskFix))]
[Shared]
public sealed class DeclareTaskFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.ASQ2005HandledTypeIsNoTask];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is not TypeSyntax handled
            || model?.GetTypeInfo(handled, context.CancellationToken).Type is not INamedTypeSymbol type
            || type.DeclaringSyntaxReferences.Length != 1
            || TaskShape.Fault(type, context.CancellationToken) is { IsFixedByPartial: false }
            || await type.DeclaringSyntaxReferences[0].GetSyntaxAsync(context.CancellationToken).ConfigureAwait(false) is not TypeDeclarationSyntax declaration
            || declaration is InterfaceDeclarationSyntax
            || context.Document.Project.Solution.GetDocument(declaration.SyntaxTree) is not { } document)
        {
            return;
        }

        context.RegisterCodeFix(
            CodeAction.Create(
                $"Make '{type.Name}' a task",
                cancellationToken => DeclareAsync(document, declaration, cancellationToken),
                equivalenceKey: nameof(DeclareTaskFix)),
            context.Diagnostics);
    }

    private static async Task<Solution> DeclareAsync(
        Document document, TypeDeclarationSyntax declaration, CancellationToken cancellationToken)
    {
        var editor = await DocumentEditor.CreateAsync(document, cancellationToken).ConfigureAwait(false);
        foreach (var part in declaration.AncestorsAndSelf().OfType<TypeDeclarationSyntax>())
        {
            editor.ReplaceNode(
                part,
                (current, generator) =>
                    generator.WithModifiers(current, generator.GetModifiers(current).WithPartial(true)));
        }

        editor.ReplaceNode(
            declaration,
            (current, generator) => generator.AddAttributes(current, Attribute(generator, declaration)));
        return editor.GetChangedDocument().Project.Solution;
    }

    private static SyntaxNode Attribute(SyntaxGenerator generator, TypeDeclarationSyntax declaration) =>
        generator.Attribute(
                SyntaxFactory.ParseName("global::Asynq.Typed.AsynqTask"),
                [generator.LiteralExpression(WireName(declaration.Identifier.ValueText))])
            .WithAdditionalAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation);

    /// <summary>The words of the type's name in lower case, with hyphens between them.</summary>
    private static string WireName(string name)
    {
        var words = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1]))
            {
                words.Append('-');
            }

            words.Append(char.ToLowerInvariant(name[i]));
        }

        return words.ToString();
    }
}
