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
    public async Task Nothing_is_generated_exactly_where_an_error_says_so(string source, bool isGenerated)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var compilation = Library.Parse("Tested", source, cancellationToken);
        var generated = CSharpGeneratorDriver
            .Create([new AsynqGenerator().AsSourceGenerator()], parseOptions: Library.Language)
            .RunGenerators(compilation, cancellationToken)
            .GetRunResult()
            .GeneratedTrees;
        var errors = (await compilation
            .WithAnalyzers([new TaskDeclarationAnalyzer(), new PayloadShapeAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(cancellationToken))
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

        Assert.Equal(isGenerated, !generated.IsEmpty);
        Assert.Equal(isGenerated, !errors.Any());
    }
}
