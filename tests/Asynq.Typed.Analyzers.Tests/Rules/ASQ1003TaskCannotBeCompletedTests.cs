using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.CodeFixes;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ1003TaskCannotBeCompletedTests
{
    [Fact]
    public Task Says_which_task_and_what_to_do() => Rule<TaskDeclarationAnalyzer>.SaysAsync(
        "ASQ1003",
        "The generator cannot complete task 'Invoice': declare it partial",
        """
        [AsynqTask("invoice")]
        public sealed record {|#0:Invoice|}(long Id);
        """);

    [Theory]
    [InlineData("public sealed record {|ASQ1003:Invoice|}(long Id);")]
    [InlineData("public sealed class {|ASQ1003:Invoice|};")]
    [InlineData("public record struct {|ASQ1003:Invoice|}(long Id);")]
    [InlineData("public struct {|ASQ1003:Invoice|};")]
    [InlineData("public abstract partial record {|ASQ1003:Invoice|}(long Id);")]
    [InlineData("public static partial class {|ASQ1003:Invoice|};")]
    [InlineData("public sealed partial record {|ASQ1003:Invoice|}<T>(T Id);")]
    [InlineData("public ref partial struct {|ASQ1003:Invoice|};")]
    [InlineData("file sealed partial record {|ASQ1003:Invoice|}(long Id);")]
    public Task Reports_a_type_that_takes_no_part(string declaration) => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        $"""
        [AsynqTask("invoice")]
        {declaration}
        """);

    [Theory]
    [InlineData("public static class Outer")]
    [InlineData("public static partial class Outer<T>")]
    [InlineData("file static partial class Outer")]
    public Task Reports_a_type_around_it_that_takes_no_part(string outer) => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        $$"""
        {{outer}}
        {
            public static partial class Inner
            {
                [AsynqTask("invoice")]
                public sealed partial record {|ASQ1003:Invoice|}(long Id);
            }
        }
        """);

    [Theory]
    [InlineData("public sealed partial record Invoice(long Id);")]
    [InlineData("internal partial class Invoice;")]
    [InlineData("public readonly partial record struct Invoice(long Id);")]
    public Task Is_silent_on_a_type_that_takes_a_part(string declaration) => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        $"""
        [AsynqTask("invoice")]
        {declaration}
        """);

    [Fact]
    public Task Is_silent_on_a_private_task_inside_partial_types() => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        """
        public static partial class Outer
        {
            private partial struct Inner
            {
                [AsynqTask("invoice")]
                private sealed partial record Invoice(long Id);
            }
        }
        """);

    [Fact]
    public Task Is_silent_on_a_plain_record() => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        "public abstract record Invoice<T>(T Id);");

    [Fact]
    public Task Fix_declares_the_task_and_the_types_around_it_partial() =>
        Rule<TaskDeclarationAnalyzer>.FixesAsync<MakeTaskPartialFix>(
            """
            namespace Shop;

            // Every task of the shop.
            static class Tasks
            {
                /// <summary>Sends an invoice.</summary>
                [AsynqTask("invoice")]
                public sealed record {|ASQ1003:Invoice|}(long Id);

                [AsynqTask("bill")]
                struct {|ASQ1003:Bill|}
                {
                    public long Id { get; set; }
                }
            }
            """,
            """
            namespace Shop;

            // Every task of the shop.
            static partial class Tasks
            {
                /// <summary>Sends an invoice.</summary>
                [AsynqTask("invoice")]
                public sealed partial record Invoice(long Id);

                [AsynqTask("bill")]
                partial struct Bill
                {
                    public long Id { get; set; }
                }
            }
            """);

    [Fact]
    public Task Fix_is_not_offered_where_partial_is_not_enough() =>
        Rule<TaskDeclarationAnalyzer>.FixesAsync<MakeTaskPartialFix>(
            """
            [AsynqTask("invoice")]
            public abstract record {|ASQ1003:Invoice|}(long Id);
            """,
            """
            [AsynqTask("invoice")]
            public abstract record {|ASQ1003:Invoice|}(long Id);
            """,
            leavesDiagnostics: true);

    [Fact]
    public Task Fix_declares_every_part_partial() => Rule<TaskDeclarationAnalyzer>.FixesFilesAsync<MakeTaskPartialFix>(
        [
            ("A.cs", "[AsynqTask(\"invoice\")]\npublic sealed partial record Invoice(long Id);\n"),
            ("B.cs", "public sealed record {|ASQ1003:Invoice|}\n{\n    public int Count { get; set; }\n}\n"),
            ("C.cs", "public static partial class Outer\n{\n    [AsynqTask(\"bill\")]\n    public sealed partial record {|ASQ1003:Bill|}(long Id);\n}\n\nstatic class Outer;\n"),
        ],
        [
            ("A.cs", "[AsynqTask(\"invoice\")]\npublic sealed partial record Invoice(long Id);\n"),
            ("B.cs", "public sealed partial record Invoice\n{\n    public int Count { get; set; }\n}\n"),
            ("C.cs", "public static partial class Outer\n{\n    [AsynqTask(\"bill\")]\n    public sealed partial record Bill(long Id);\n}\n\nstatic partial class Outer;\n"),
        ],
        compiles: false);
}
