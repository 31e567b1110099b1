using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Editing;

namespace Asynq.Typed.CodeFixes;

/// <summary>A fix whose diagnostics have nothing to do with each other.</summary>
public abstract class NodeFix : DocumentFix
{
    private protected sealed override void Apply(
        DocumentEditor editor, IReadOnlyList<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        foreach (var diagnostic in diagnostics)
        {
            Apply(editor, NodeAt(editor, diagnostic), cancellationToken);
        }
    }

    /// <param name="editor">Collects the changes.</param>
    /// <param name="node">The innermost node at the diagnostic.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    private protected abstract void Apply(DocumentEditor editor, SyntaxNode node, CancellationToken cancellationToken);
}
