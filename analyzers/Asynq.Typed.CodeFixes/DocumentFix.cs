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

    /// <summary>Whether what is written for one document is to be seen by the next.</summary>
    private protected virtual bool IsInSequence => false;

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => IsInSequence
        ? new InSequence(FixAsync)
        : FixAllProvider.Create(async (context, document, diagnostics) =>
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
    /// <param name="diagnostics">What to fix, in the order of their places, of which each is named once.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    private protected abstract void Apply(
        DocumentEditor editor, IReadOnlyList<Diagnostic> diagnostics, CancellationToken cancellationToken);

    /// <summary>The innermost node at a diagnostic.</summary>
    private protected static SyntaxNode NodeAt(DocumentEditor editor, Diagnostic diagnostic) =>
        editor.OriginalRoot.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);

    private async Task<Document> FixAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        var editor = await DocumentEditor.CreateAsync(document, cancellationToken).ConfigureAwait(false);
        var places = diagnostics
            .Where(CanFix)
            .GroupBy(diagnostic => diagnostic.Location.SourceSpan)
            .OrderBy(place => place.Key.Start)
            .Select(place => place.First())
            .ToList();
        Apply(editor, places, cancellationToken);
        return editor.GetChangedDocument();
    }
}
