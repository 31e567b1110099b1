using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tests.Infrastructure;

/// <summary>All analyzers over one compilation.</summary>
internal static class Analysis
{
    /// <summary>What they report. None of them may fail, which would be a warning to a user, and is none to a test.</summary>
    internal static async Task<ImmutableArray<Diagnostic>> RunAsync(Compilation compilation)
    {
        var failures = new ConcurrentQueue<string>();
        var reported = await Of(
            compilation,
            (exception, analyzer, _) => failures.Enqueue($"{analyzer.GetType().Name}: {exception}"))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.Empty(failures);
        return reported;
    }

    internal static CompilationWithAnalyzers Of(
        Compilation compilation, Action<Exception, DiagnosticAnalyzer, Diagnostic>? onFailure = null) =>
        compilation.WithAnalyzers(
            Catalogue.Assemblies.Analyzers,
            new CompilationWithAnalyzersOptions(
                new AnalyzerOptions([]), onFailure, concurrentAnalysis: true, logAnalyzerExecutionTime: false));
}
