using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ9001NothingIsGeneratedTests
{
    private const string Low = """
        namespace Shop
        {
            [Asynq.Typed.AsynqTask("invoice")]
            public sealed partial record {|ASQ9001:Invoice|}(long Id);
        }
        """;

    [Fact]
    public Task Says_which_task_and_what_to_set() => Rule<TaskDeclarationAnalyzer>.SaysInAsync(
        LanguageVersion.CSharp12,
        "ASQ9001",
        "Nothing is generated for task 'Invoice': the language version is 12.0, set <LangVersion> to 13.0 or later",
        """
        [AsynqTask("invoice")]
        public sealed partial record {|#0:Invoice|}(long Id);
        """);

    [Theory]
    [InlineData(LanguageVersion.CSharp9)]
    [InlineData(LanguageVersion.CSharp12)]
    public Task Reports_a_language_that_is_too_old(LanguageVersion language) =>
        Rule<TaskDeclarationAnalyzer>.CheckInAsync(language, Low);

    [Theory]
    [InlineData(LanguageVersion.CSharp13)]
    [InlineData(LanguageVersion.CSharp14)]
    public Task Is_silent_at_the_floor_and_above(LanguageVersion language) => Rule<TaskDeclarationAnalyzer>.CheckInAsync(
        language,
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);
        """);

    [Fact]
    public Task Is_silent_where_there_is_no_task() =>
        Rule<TaskDeclarationAnalyzer>.CheckInAsync(LanguageVersion.CSharp9, "public sealed class Plain { }");

    /// <summary>A project that is its own runtime, and an old one.</summary>
    [Fact]
    public async Task Reports_a_target_that_is_too_old()
    {
        var compilation = CSharpCompilation.Create(
            "Tested",
            [
                CSharpSyntaxTree.ParseText(
                    """
                    namespace System
                    {
                        public class Object;
                        public class Attribute;
                        public abstract class ValueType;
                        public sealed class String;
                        public struct Void;
                        public struct Boolean;
                        public struct Int32;
                    }

                    namespace Asynq.Typed
                    {
                        public sealed class AsynqTaskAttribute(string type) : System.Attribute;
                    }

                    namespace Shop
                    {
                        [Asynq.Typed.AsynqTask("invoice")]
                        public sealed partial class Invoice;
                    }
                    """,
                    Library.Language,
                    cancellationToken: TestContext.Current.CancellationToken),
            ],
            options: Library.Options);

        var reported = await compilation
            .WithAnalyzers([new TaskDeclarationAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            "Nothing is generated for task 'Invoice': the target framework has no static abstract interface members, set "
            + "<TargetFramework> to net10.0 or later",
            Assert.Single(reported).GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
