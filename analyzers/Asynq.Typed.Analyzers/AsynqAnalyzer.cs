using Asynq.Typed.Analyzers.Model;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers;

/// <summary>
/// What every analyzer here has in common: it runs concurrently, leaves generated code alone, and does nothing at all
/// in a compilation that does not reference the library.
/// </summary>
public abstract class AsynqAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (AsynqSymbols.Find(start.Compilation) is { } symbols)
            {
                Register(start, symbols);
            }
        });
    }

    private protected abstract void Register(CompilationStartAnalysisContext context, AsynqSymbols symbols);
}
