using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Asynq.Typed.Analyzers.Tests.Infrastructure;

/// <summary>The one way in which the tests of a rule run it.</summary>
internal static class Rule<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    /// <summary>Expects what the markup <c>{|ASQ1001:…|}</c> in the source says, and nothing else.</summary>
    internal static async Task CheckAsync(
        string source, string? referenced = null, bool compiles = true, bool isContracts = false)
    {
        var test = new AnalyzerCase<TAnalyzer>(compiles: compiles);
        test.TestState.Sources.Add(("Source.cs", source));
        if (referenced is not null)
        {
            test.AddReferencedAssembly(referenced, isContracts: isContracts);
        }

        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Expects one diagnostic at <c>{|#0:…|}</c>, with this message.</summary>
    internal static async Task SaysAsync(
        string id, string message, string source, string? referenced = null, bool compiles = true)
    {
        var test = new AnalyzerCase<TAnalyzer>(compiles: compiles);
        test.TestState.Sources.Add(("Source.cs", source));
        if (referenced is not null)
        {
            test.AddReferencedAssembly(referenced);
        }

        test.ExpectedDiagnostics.Add(
            new DiagnosticResult(new TAnalyzer().SupportedDiagnostics.Single(rule => rule.Id == id))
                .WithLocation(0)
                .WithMessage(message));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>As <see cref="CheckAsync"/>, with another language version. Only the given source is compiled.</summary>
    internal static async Task CheckInAsync(LanguageVersion language, string source)
    {
        var test = new AnalyzerCase<TAnalyzer>(compiles: false, language: language);
        test.TestState.Sources.Add(("Source.cs", source));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>As <see cref="SaysAsync"/>, with another language version.</summary>
    internal static async Task SaysInAsync(LanguageVersion language, string id, string message, string source)
    {
        var test = new AnalyzerCase<TAnalyzer>(compiles: false, language: language);
        test.TestState.Sources.Add(("Source.cs", source));
        test.ExpectedDiagnostics.Add(
            new DiagnosticResult(new TAnalyzer().SupportedDiagnostics.Single(rule => rule.Id == id))
                .WithLocation(0)
                .WithMessage(message));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Expects the fix to turn one source into the other, one by one and by Fix All.</summary>
    internal static Task FixesAsync<TFix>(
        string before,
        string after,
        bool leavesDiagnostics = false,
        bool compiles = true,
        (string Name, string Source)? added = null,
        string? referenced = null)
        where TFix : CodeFixProvider, new() => FixesFilesAsync<TFix>(
            [("Source.cs", before)],
            added is { } file ? [("Source.cs", after), file] : [("Source.cs", after)],
            leavesDiagnostics,
            compiles,
            referenced);

    /// <summary>As <see cref="FixesAsync"/>, with several files.</summary>
    internal static async Task FixesFilesAsync<TFix>(
        (string Name, string Source)[] before,
        (string Name, string Source)[] after,
        bool leavesDiagnostics = false,
        bool compiles = true,
        string? referenced = null)
        where TFix : CodeFixProvider, new()
    {
        var test = new FixCase<TAnalyzer, TFix>(compiles);
        foreach (var (name, source) in before)
        {
            test.TestState.Sources.Add((name, source));
        }

        foreach (var (name, source) in after)
        {
            test.FixedState.Sources.Add((name, source));
        }

        if (referenced is not null)
        {
            test.TestState.AdditionalReferences.Add(Library.Compile("Referenced", referenced));
        }

        if (leavesDiagnostics)
        {
            test.FixedState.MarkupHandling = MarkupMode.Allow;
        }

        await test.RunAsync(TestContext.Current.CancellationToken);
    }
}
