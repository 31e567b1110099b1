using Asynq.Typed.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Asynq.Typed.Analyzers.Tests.Infrastructure;

/// <summary>One fix, applied one by one and by Fix All in document, project and solution.</summary>
internal sealed class FixCase<TAnalyzer, TFix> : CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TFix : CodeFixProvider, new()
{
    internal FixCase(bool compiles)
    {
        ReferenceAssemblies = Library.Framework;
        CompilerDiagnostics = compiles ? CompilerDiagnostics.Errors : CompilerDiagnostics.None;
        TestBehaviors |= TestBehaviors.SkipGeneratedSourcesCheck;
        foreach (var state in new[] { TestState, FixedState })
        {
            state.Sources.Add(("Usings.cs", Library.Usings));
            state.Sources.Add(("AsynqUsings.cs", Library.AsynqUsings));
        }

        TestState.AdditionalReferences.AddRange(Library.References);
    }

    protected override IEnumerable<Type> GetSourceGenerators() => [typeof(AsynqGenerator)];

    protected override CompilationOptions CreateCompilationOptions() => Library.Options;

    protected override ParseOptions CreateParseOptions() => Library.Language;
}
