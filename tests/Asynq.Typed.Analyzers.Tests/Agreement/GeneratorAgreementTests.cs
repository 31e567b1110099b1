using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tests.Agreement;

/// <summary>Whatever the generator leaves out, an analyzer reports, and the other way round.</summary>
public sealed class GeneratorAgreementTests
{
    [Theory]
    [InlineData("[AsynqTask(\"t\")] public sealed partial record T(long Id);", true)]
    [InlineData("[AsynqTask(\"t\")] internal partial class T { public string? A { get; set; } }", true)]
    [InlineData("[AsynqTask(\"t\")] public partial struct T { public int A; }", true)]
    [InlineData("public static partial class O { [AsynqTask(\"t\")] private sealed partial record T(long Id); }", true)]
    [InlineData("[AsynqTask(\"t\")] public sealed record T(long Id);", false)]
    [InlineData("[AsynqTask(\" \")] public sealed partial record T(long Id);", false)]
    [InlineData("[AsynqTask(\"t\")] public sealed partial record T<A>(A Id);", false)]
    [InlineData("[AsynqTask(\"t\")] public abstract partial record T(long Id);", false)]
    [InlineData("[AsynqTask(\"t\")] public static partial class T;", false)]
    [InlineData("[AsynqTask(\"t\")] public ref partial struct T;", false)]
    [InlineData("[AsynqTask(\"t\")] file sealed partial record T(long Id);", false)]
    [InlineData("public static class O { [AsynqTask(\"t\")] public sealed partial record T(long Id); }", false)]
    [InlineData("public static partial class O<A> { [AsynqTask(\"t\")] public sealed partial record T(long Id); }", false)]
    [InlineData("[AsynqTask(\"t\")] public sealed partial record T(object Id);", false)]
    [InlineData("[System.Text.Json.Serialization.JsonConverter(typeof(int))] public enum E { A = 1 } [AsynqTask(\"t\", Format = PayloadFormat.Json)] public sealed partial record T(E Id);", false)]
    [InlineData("[System.Text.Json.Serialization.JsonConverter(typeof(int))] public enum E { A = 1 } [AsynqTask(\"t\")] public sealed partial record T(E Id);", true)]
    [InlineData("[AsynqTask(\"t\", Result = typeof(List<>))] public sealed partial record T(long Id);", false)]
    public Task Nothing_is_generated_exactly_where_an_error_says_so(string source, bool isGenerated) =>
        CheckAsync(source, Library.Language, isGenerated);

    [Theory]
    [InlineData(LanguageVersion.CSharp10, false)]
    [InlineData(LanguageVersion.CSharp12, false)]
    [InlineData(LanguageVersion.CSharp13, true)]
    [InlineData(LanguageVersion.CSharp14, true)]
    [InlineData(LanguageVersion.Preview, true)]
    public Task Nothing_is_generated_below_the_language_that_an_error_asks_for(LanguageVersion language, bool isGenerated) =>
        CheckAsync(Handled, Library.Language.WithLanguageVersion(language), isGenerated);

    private const string Handled = """
        [AsynqTask("t")]
        public sealed partial record T(long Id);

        public sealed class H : IHandle<T>
        {
            public Task HandleAsync(T task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """;

    private static async Task CheckAsync(string source, CSharpParseOptions language, bool isGenerated)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var compilation = Library.Parse("Tested", source, cancellationToken, language);
        var generated = CSharpGeneratorDriver
            .Create([new AsynqGenerator().AsSourceGenerator()], parseOptions: language)
            .RunGeneratorsAndUpdateCompilation(compilation, out var complete, out _, cancellationToken)
            .GetRunResult()
            .GeneratedTrees;
        var errors = (await compilation
            .WithAnalyzers([new TaskDeclarationAnalyzer(), new PayloadShapeAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(cancellationToken))
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

        Assert.Equal(isGenerated, !generated.IsEmpty);
        Assert.Equal(isGenerated, !errors.Any());
        Assert.DoesNotContain(
            complete.GetDiagnostics(cancellationToken),
            diagnostic => generated.Contains(diagnostic.Location.SourceTree!) && diagnostic.Severity == DiagnosticSeverity.Error);
    }
}
