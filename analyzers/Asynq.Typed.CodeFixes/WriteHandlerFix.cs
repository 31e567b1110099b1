using System.Collections.Immutable;
using System.Composition;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Routing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Asynq.Typed.CodeFixes;

/// <summary>Writes a handler for a task that has none, in a file of its own beside the one that adds the server.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WriteHandlerFix))]
[Shared]
public sealed class WriteHandlerFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = 
        [RuleIds.ASQ2002TaskHasNoHandler, RuleIds.ASQ2008GroupEndsInNoHandledBatch];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new AllHandlers();

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics.Where(CanFix))
        {
            context.RegisterCodeFix(
                CodeAction.Create(
                    "Write a handler",
                    cancellationToken => WriteAsync(context.Document.Project.Solution, context.Document.Id, [diagnostic], cancellationToken),
                    equivalenceKey: nameof(WriteHandlerFix)),
                diagnostic);
        }

        return Task.CompletedTask;
    }

    private static bool CanFix(Diagnostic diagnostic) =>
        diagnostic.Properties.ContainsKey(ServerCompositionAnalyzer.TaskName);

    private static async Task<Solution> WriteAsync(
        Solution solution, DocumentId beside, IEnumerable<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        var neighbour = solution.GetDocument(beside)!;
        var compilation = await neighbour.Project.GetCompilationAsync(cancellationToken).ConfigureAwait(false);
        var written = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var diagnostic in diagnostics)
        {
            if (compilation is not null
                && diagnostic.Properties.TryGetValue(ServerCompositionAnalyzer.TaskName, out var name)
                && name is not null
                && DocumentationCommentId.GetFirstSymbolForDeclarationId(name, compilation) is INamedTypeSymbol task
                && written.Add(task))
            {
                var handler = HandlerName(task, compilation);
                solution = solution.AddDocument(
                    DocumentId.CreateNewId(beside.ProjectId),
                    handler + ".cs",
                    Source(task, handler),
                    neighbour.Folders);
            }
        }

        return solution;
    }

    private static string HandlerName(INamedTypeSymbol task, Compilation compilation)
    {
        var name = task.Name + "Handler";
        while (compilation.ContainsSymbolsWithName(name, SymbolFilter.Type))
        {
            name = "New" + name;
        }

        return name;
    }

    private static string Source(INamedTypeSymbol task, string handler)
    {
        var container = task.ContainingNamespace.IsGlobalNamespace
            ? ""
            : $"namespace {task.ContainingNamespace.ToDisplayString()};\n\n";
        var taskName = task.ContainingType is null
            ? task.Name
            : task.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

        // Until it is written it throws: a handler that does nothing would lose the task as if it were done.
        return $$"""
            using System;
            using System.Threading;
            using System.Threading.Tasks;
            using Asynq.Typed;

            {{container}}internal sealed class {{handler}} : IHandle<{{taskName}}>
            {
                public Task HandleAsync({{taskName}} task, TaskContext context, CancellationToken cancellationToken) =>
                    throw new InvalidOperationException("{{handler}} is yet to be written.");
            }

            """;
    }

    /// <summary>One handler for each task, however often its server is added.</summary>
    private sealed class AllHandlers : FixAllProvider
    {
        public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
        {
            var found = new List<Diagnostic>();
            if (fixAllContext.Scope == FixAllScope.Document && fixAllContext.Document is { } document)
            {
                found.AddRange(await fixAllContext.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false));
            }
            else
            {
                var projects = fixAllContext.Scope == FixAllScope.Solution ? fixAllContext.Solution.Projects : [fixAllContext.Project];
                foreach (var project in projects)
                {
                    found.AddRange(await fixAllContext.GetAllDiagnosticsAsync(project).ConfigureAwait(false));
                }
            }

            return CodeAction.Create(
                "Write all handlers",
                cancellationToken => WriteAllAsync(fixAllContext.Solution, found, cancellationToken),
                equivalenceKey: nameof(AllHandlers));
        }

        private static async Task<Solution> WriteAllAsync(
            Solution solution, List<Diagnostic> found, CancellationToken cancellationToken)
        {
            foreach (var byDocument in found.GroupBy(diagnostic => solution.GetDocument(diagnostic.Location.SourceTree)?.Id))
            {
                if (byDocument.Key is { } document)
                {
                    solution = await WriteAsync(solution, document, byDocument, cancellationToken).ConfigureAwait(false);
                }
            }

            return solution;
        }
    }
}
