using Asynq.Typed.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Asynq.Typed.Analyzers.Tests.Infrastructure;

/// <summary>One analyzer over one compilation, beside the real generator.</summary>
internal sealed class AnalyzerCase<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    private readonly LanguageVersion _language;

    private readonly bool _withLibrary;

    internal AnalyzerCase(bool withLibrary = true, bool compiles = true, LanguageVersion language = LanguageVersion.CSharp14)
    {
        _language = language;
        _withLibrary = withLibrary;
        ReferenceAssemblies = Library.Framework;
        CompilerDiagnostics = compiles ? CompilerDiagnostics.Errors : CompilerDiagnostics.None;
        TestBehaviors |= TestBehaviors.SkipGeneratedSourcesCheck;
        TestState.AdditionalReferences.AddRange(withLibrary ? Library.References : Library.FrameworkReferences);
        if (language >= LanguageVersion.CSharp10)
        {
            TestState.Sources.Add(("Usings.cs", Library.Usings));
        }

        if (withLibrary && language >= LanguageVersion.CSharp10)
        {
            TestState.Sources.Add(("AsynqUsings.cs", Library.AsynqUsings));
        }
    }

    /// <summary>Adds an assembly that the tested project references, compiled with the generator as users do.</summary>
    internal void AddReferencedAssembly(string source, string name = "Referenced", bool isContracts = false) =>
        TestState.AdditionalReferences.Add(Library.Compile(name, source, isContracts: isContracts));

    protected override IEnumerable<Type> GetSourceGenerators() => _withLibrary ? [typeof(AsynqGenerator)] : [];

    protected override CompilationOptions CreateCompilationOptions() => Library.Options;

    protected override ParseOptions CreateParseOptions() => Library.Language.WithLanguageVersion(_language);
}
