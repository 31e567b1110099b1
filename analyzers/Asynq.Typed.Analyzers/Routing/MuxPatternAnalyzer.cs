using System.Collections.Immutable;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Routing;

/// <summary>Patterns of a mux that are meant for one task and catch another, whose name begins with the first one's.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MuxPatternAnalyzer : AsynqAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [TaskRules.TypeNameIsPrefix];

    private protected override void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols)
    {
        var index = CompilationIndex.For(context.Compilation, symbols);
        context.RegisterOperationAction(
            operation =>
            {
                var call = (IInvocationOperation)operation.Operation;
                if (MuxPatterns.PatternOf(call, symbols) is { } pattern
                    && ConstantStrings.TryGet(pattern, out var text)
                    && text is not null
                    && MuxPatterns.In(operation.Compilation, symbols).All is { } patterns)
                {
                    // Tasks with a typed handler never come to a mux.
                    Check(operation, pattern, text, patterns, index.Unhandled);
                }
            },
            OperationKind.Invocation);
    }

    private static void Check(
        OperationAnalysisContext context,
        IOperation pattern,
        string text,
        ImmutableHashSet<string> patterns,
        ImmutableArray<TaskDeclaration> tasks)
    {
        // A pattern that is no task's name, such as "email:", is meant for many.
        if (tasks.FirstOrDefault(task => task.TypeName == text) is not { } meant)
        {
            return;
        }

        foreach (var task in tasks)
        {
            if (task.TypeName is { } name
                && name.Length > text.Length
                && name.StartsWith(text, StringComparison.Ordinal)
                && !patterns.Any(other => other.Length > text.Length && name.StartsWith(other, StringComparison.Ordinal)))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    TaskRules.TypeNameIsPrefix, pattern.Syntax.GetLocation(), text, meant.Type.Name, name, task.Type.Name));
            }
        }
    }
}
