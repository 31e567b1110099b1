using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Asynq.Typed.Analyzers.Tests.Infrastructure;

/// <summary>One analyzer over one compilation.</summary>
internal sealed class AnalyzerCase<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    private readonly LanguageVersion _language;

    internal AnalyzerCase(bool withLibrary = true, LanguageVersion language = LanguageVersion.CSharp14)
    {
        _language = language;
        ReferenceAssemblies = Library.Framework;
        CompilerDiagnostics = CompilerDiagnostics.None;
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

    /// <summary>Adds a project that the tested one references.</summary>
    internal void AddReferencedProject(string source)
    {
        var project = new ProjectState("Referenced", LanguageNames.CSharp, "/Referenced/", "cs");
        project.Sources.Add(("Usings.cs", Library.Usings));
        project.Sources.Add(("AsynqUsings.cs", Library.AsynqUsings));
        project.Sources.Add(("Referenced.cs", source));
        project.AdditionalReferences.AddRange(Library.References);
        TestState.AdditionalProjects.Add("Referenced", project);
        TestState.AdditionalProjectReferences.Add("Referenced");
    }

    protected override ParseOptions CreateParseOptions() => Library.Language.WithLanguageVersion(_language);
}
