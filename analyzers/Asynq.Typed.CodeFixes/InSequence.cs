using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Asynq.Typed.CodeFixes;

/// <summary>
/// Fixes all diagnostics of one document after another, each in what has become of the solution: what is written for one is
/// there when the next is looked at.
/// </summary>
/// <param name="fixAsync">Fixes the diagnostics of one document.</param>
internal sealed class InSequence(
    Func<Document, ImmutableArray<Diagnostic>, CancellationToken, Task<Document>> fixAsync) : FixAllProvider
{
    public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        var found = await FoundDiagnostics.InAsync(fixAllContext).ConfigureAwait(false);
        return CodeAction.Create(
            "Fix all",
            cancellationToken => FixAllAsync(fixAllContext.Solution, found, cancellationToken),
            equivalenceKey: fixAllContext.CodeActionEquivalenceKey);
    }

    private async Task<Solution> FixAllAsync(
        Solution solution, ImmutableArray<Diagnostic> found, CancellationToken cancellationToken)
    {
        var original = solution;
        foreach (var inDocument in found.GroupBy(diagnostic => original.GetDocument(diagnostic.Location.SourceTree)?.Id))
        {
            if (inDocument.Key is { } id && solution.GetDocument(id) is { } document)
            {
                var changed = await fixAsync(document, [.. inDocument], cancellationToken).ConfigureAwait(false);
                solution = changed.Project.Solution;
            }
        }

        return solution;
    }
}
