using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Asynq.Typed.CodeFixes;

/// <summary>The diagnostics that a Fix All is about.</summary>
internal static class FoundDiagnostics
{
    /// <summary>Project by project, in the order of their files and places.</summary>
    internal static async Task<ImmutableArray<Diagnostic>> InAsync(FixAllContext context)
    {
        if (context is { Scope: FixAllScope.Document, Document: { } document })
        {
            return await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false);
        }

        var found = ImmutableArray.CreateBuilder<Diagnostic>();
        var projects = context.Scope == FixAllScope.Solution ? context.Solution.Projects : [context.Project];
        foreach (var project in projects)
        {
            var inProject = await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
            found.AddRange(inProject
                .OrderBy(diagnostic => diagnostic.Location.SourceTree?.FilePath, StringComparer.Ordinal)
                .ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start));
        }

        return found.ToImmutable();
    }
}
