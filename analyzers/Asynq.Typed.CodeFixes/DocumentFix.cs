using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Editing;

namespace Asynq.Typed.CodeFixes;

/// <summary>
/// A fix that changes the document of its diagnostic and no other. Fix All goes through a document's diagnostics with
/// one editor, so that two of them may touch the same declaration.
/// </summary>
public abstract class DocumentFix : CodeFixProvider
{
    private protected abstract string Title { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(
        async (context, document, diagnostics) =>
            await FixAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public sealed override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            if (CanFix(diagnostic))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        Title,
                        cancellationToken => FixAsync(context.Document, [diagnostic], cancellationToken),
                        equivalenceKey: GetType().Name),
                    diagnostic);
            }
        }

        return Task.CompletedTask;
    }

    private protected virtual bool CanFix(Diagnostic diagnostic) => true;

    /// <param name="editor">Collects the changes.</param>
    /// <param name="nodes">The innermost node at each diagnostic, in their order.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    private protected abstract void Apply(
        DocumentEditor editor, IReadOnlyList<SyntaxNode> nodes, CancellationToken cancellationToken);

    private async Task<Document> FixAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        var editor = await DocumentEditor.CreateAsync(document, cancellationToken).ConfigureAwait(false);
        var nodes = diagnostics
            .Where(CanFix)
            .OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)
            .Select(diagnostic => editor.OriginalRoot.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true))
            .Distinct()
            .ToList();
        Apply(editor, nodes, cancellationToken);
        return editor.GetChangedDocument();
    }
}
