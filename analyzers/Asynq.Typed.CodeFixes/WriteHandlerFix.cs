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
                    cancellationToken => WriteAsync(context.Document.Project.Solution, [diagnostic], cancellationToken),
                    equivalenceKey: nameof(WriteHandlerFix)),
                diagnostic);
        }

        return Task.CompletedTask;
    }

    private static bool CanFix(Diagnostic diagnostic) =>
        diagnostic.Properties.ContainsKey(ServerCompositionAnalyzer.TaskName);

    private static async Task<Solution> WriteAsync(
        Solution solution, IEnumerable<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        var original = solution;
        foreach (var inProject in diagnostics.Where(CanFix).GroupBy(diagnostic => DocumentOf(diagnostic)?.Project.Id))
        {
            if (inProject.Key is not { } id
                || await original.GetProject(id)!.GetCompilationAsync(cancellationToken).ConfigureAwait(false) is not { } compilation)
            {
                continue;
            }

            // One handler for each task, however often its server is added.
            var names = new NewHandlers(compilation);
            foreach (var diagnostic in inProject)
            {
                if (names.TaskOf(diagnostic) is { } task && DocumentOf(diagnostic) is { } neighbour)
                {
                    solution = Add(solution, neighbour, task, names.NameFor(task));
                }
            }
        }

        return solution;

        Document? DocumentOf(Diagnostic diagnostic) => original.GetDocument(diagnostic.Location.SourceTree);
    }

    private static Solution Add(Solution solution, Document neighbour, INamedTypeSymbol task, string handler)
    {
        var present = solution.GetProject(neighbour.Project.Id)!.Documents
            .Where(document => document.Folders.SequenceEqual(neighbour.Folders, StringComparer.Ordinal))
            .Select(document => document.Name);
        var taken = new HashSet<string>(present, StringComparer.OrdinalIgnoreCase);
        var file = handler + ".cs";
        if (taken.Contains(file))
        {
            file = $"{task.ContainingNamespace.ToDisplayString()}.{file}";
        }

        for (var i = 2; taken.Contains(file); i++)
        {
            file = $"{handler}{i}.cs";
        }

        return solution.AddDocument(
            DocumentId.CreateNewId(neighbour.Project.Id), file, Source(task, handler), neighbour.Folders);
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

    /// <summary>The handlers that are written for one project.</summary>
    private sealed class NewHandlers(Compilation compilation)
    {
        private readonly HashSet<ISymbol> _written = new(SymbolEqualityComparer.Default);
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);

        /// <summary>The task that a diagnostic asks a handler of; <c>null</c> where there is one by now.</summary>
        public INamedTypeSymbol? TaskOf(Diagnostic diagnostic) =>
            diagnostic.Properties[ServerCompositionAnalyzer.TaskName] is { } name
            && DocumentationCommentId.GetFirstSymbolForDeclarationId(name, compilation) is INamedTypeSymbol task
            && _written.Add(task)
                ? task
                : null;

        public string NameFor(INamedTypeSymbol task)
        {
            var name = task.Name + "Handler";
            var container = task.ContainingNamespace.ToDisplayString();
            while (IsTaken(name, container) || !_names.Add($"{container}.{name}"))
            {
                name = "New" + name;
            }

            return name;
        }

        private bool IsTaken(string name, string container) => compilation.GetSymbolsWithName(name, SymbolFilter.Type)
            .Any(present => present.ContainingNamespace.ToDisplayString() == container);
    }

    /// <summary>All at once, so that none is written twice.</summary>
    private sealed class AllHandlers : FixAllProvider
    {
        public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
        {
            var found = await FoundDiagnostics.InAsync(fixAllContext).ConfigureAwait(false);
            return CodeAction.Create(
                "Write all handlers",
                cancellationToken => WriteAsync(fixAllContext.Solution, found, cancellationToken),
                equivalenceKey: nameof(AllHandlers));
        }
    }
}
