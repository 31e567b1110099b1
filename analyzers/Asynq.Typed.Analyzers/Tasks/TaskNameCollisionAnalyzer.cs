using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tasks;

/// <summary>Two tasks, here or in a referenced assembly, that would be told apart by nothing on the wire.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TaskNameCollisionAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [TaskRules.TypeNameIsTaken];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var index = CompilationIndex.For(context.Compilation, symbols);
        var names = new Lazy<ILookup<string, TaskDeclaration>>(() => index.SourceTasks
            .Concat(index.ReferencedTasks)
            .Where(task => !string.IsNullOrWhiteSpace(task.TypeName))
            .ToLookup(task => task.TypeName!, StringComparer.Ordinal));
        context.RegisterSymbolAction(
            symbolContext =>
            {
                var type = (INamedTypeSymbol)symbolContext.Symbol;
                if (symbols.TaskAttributeOf(type) is { } attribute)
                {
                    Check(symbolContext, new TaskDeclaration(type, attribute), names.Value);
                }
            },
            SymbolKind.NamedType);
    }

    private static void Check(
        SymbolAnalysisContext context, TaskDeclaration task, ILookup<string, TaskDeclaration> names)
    {
        if (task.TypeName is not { } name)
        {
            return;
        }

        var other = names[name].FirstOrDefault(candidate => !IsSame(candidate.Type, task.Type));
        if (other is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                TaskRules.TypeNameIsTaken,
                AttributeArguments.OfConstructor(task.Attribute, context.CancellationToken),
                task.Type.ToDisplayString(),
                name,
                other.Type.ToDisplayString()));
        }
    }

    private static bool IsSame(INamedTypeSymbol first, INamedTypeSymbol second) =>
        SymbolEqualityComparer.Default.Equals(first, second);
}
