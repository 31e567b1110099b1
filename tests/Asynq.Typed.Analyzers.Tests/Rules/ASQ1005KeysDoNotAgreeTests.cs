using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.CodeFixes;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ1005KeysDoNotAgreeTests
{
    [Fact]
    public Task Says_which_member_lacks_a_number() => Rule<PayloadShapeAnalyzer>.SaysAsync(
        "ASQ1005",
        "Nothing is generated for task 'Invoice', because 'Invoice.Note' has no number and 'Id' has one: number all members of a type, or none",
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice([PayloadKey(0)] long Id, string {|#0:Note|});
        """);

    [Fact]
    public Task Says_which_two_members_have_one_number() => Rule<PayloadShapeAnalyzer>.SaysAsync(
        "ASQ1005",
        "Nothing is generated for task 'Invoice', because 'Invoice.Number' has the number 3, as 'Id' has: give it one of its own",
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice([PayloadKey(3)] long Id, [PayloadKey(3)] long {|#0:Number|});
        """);

    [Theory]
    [InlineData("""[PayloadKey("a")] public int A { get; set; } [PayloadKey("a")] public int {|ASQ1005:B|} { get; set; }""")]
    [InlineData("""[PayloadKey("B")] public int A { get; set; } public int {|ASQ1005:B|} { get; set; }""")]
    [InlineData("""public int {|ASQ1005:A|} { get; set; } [PayloadKey(1)] public int B { get; set; }""")]
    [InlineData("""[PayloadKey("a")] public int {|ASQ1005:A|} { get; set; } [PayloadKey(1)] public int B { get; set; }""")]
    [InlineData("""[PayloadKey(1)] public int A; [PayloadKey(1)] public int {|ASQ1005:B|}; [PayloadKey(1)] public int {|ASQ1005:C|};""")]
    [InlineData("""[PayloadKey(-1)] public int {|ASQ1005:A|} { get; set; }""")]
    [InlineData("""[PayloadKey("")] public int {|ASQ1005:A|} { get; set; }""")]
    public Task Reports_keys_that_do_not_agree(string members) => Rule<PayloadShapeAnalyzer>.CheckAsync(
        $$"""
        [AsynqTask("invoice")]
        public sealed partial class Invoice
        {
            {{members}}
        }
        """);

    [Fact]
    public Task Reports_names_that_the_naming_makes_equal() => Rule<PayloadShapeAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice", Naming = PayloadNaming.CamelCase)]
        public sealed partial record Invoice(string URL, string {|ASQ1005:Url|});
        """);

    [Fact]
    public Task Reports_a_nested_type_and_a_union() => Rule<PayloadShapeAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(Address Address, Channel Channel);

        public sealed record Address([PayloadKey(0)] string Street, int {|ASQ1005:Number|});

        [PayloadUnion(0, typeof(Mail)), PayloadUnion(0, typeof(Text))]
        public abstract record {|ASQ1005:Channel|};

        public sealed record Mail(string To) : Channel;

        public sealed record Text(string To) : Channel;
        """);

    [Fact]
    public Task Reports_a_type_of_another_assembly_at_the_task() => Rule<PayloadShapeAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record {|ASQ1005:Invoice|}(Address Address);
        """,
        referenced: "public sealed record Address([property: PayloadKey(0)] string Street, int Number);");

    [Fact]
    public Task Is_silent_on_keys_that_agree() => Rule<PayloadShapeAnalyzer>.CheckAsync(
        """
        [AsynqTask("numbered")]
        public sealed partial record Numbered([PayloadKey(0)] long Id, [property: PayloadKey(7)] string Note)
        {
            [PayloadIgnore]
            public string Shown { get; set; } = "";
        }

        [AsynqTask("named")]
        public sealed partial record Named([PayloadKey("a")] string URL, string Url, (int, int) Pair);
        """);

    [Fact]
    public Task Fix_assigns_the_next_number() => Rule<PayloadShapeAnalyzer>.FixesAsync<AssignPayloadKeyFix>(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice([PayloadKey(0)] long Id, [PayloadKey(4)] string Note, int {|ASQ1005:Count|})
        {
            [PayloadKey("total")]
            public int {|ASQ1005:Total|} { get; set; }

            [property: PayloadKey(0)]
            public int {|ASQ1005:Other|} { get; set; }

            public int {|ASQ1005:Field|};
        }
        """,
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice([PayloadKey(0)] long Id, [PayloadKey(4)] string Note, [PayloadKey(5)] int Count)
        {
            [PayloadKey(6)]
            public int Total { get; set; }

            [property: PayloadKey(7)]
            public int Other { get; set; }

            [PayloadKey(8)]
            public int Field;
        }
        """);

    [Fact]
    public Task Fix_is_not_offered_for_equal_names() => Rule<PayloadShapeAnalyzer>.FixesAsync<AssignPayloadKeyFix>(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice([PayloadKey("a")] long Id, [PayloadKey("a")] long {|ASQ1005:Number|});
        """,
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice([PayloadKey("a")] long Id, [PayloadKey("a")] long {|ASQ1005:Number|});
        """,
        leavesDiagnostics: true);

    [Fact]
    public Task Fix_counts_on_in_the_next_file_of_a_type() => Rule<PayloadShapeAnalyzer>.FixesFilesAsync<AssignPayloadKeyFix>(
        [
            ("A.cs", "[AsynqTask(\"invoice\")]\npublic sealed partial record Invoice([PayloadKey(0)] long Id, string {|ASQ1005:Note|});\n"),
            ("B.cs", "public sealed partial record Invoice\n{\n    public int {|ASQ1005:Count|} { get; set; }\n}\n"),
        ],
        [
            ("A.cs", "[AsynqTask(\"invoice\")]\npublic sealed partial record Invoice([PayloadKey(0)] long Id, [PayloadKey(1)] string Note);\n"),
            ("B.cs", "public sealed partial record Invoice\n{\n    [PayloadKey(2)]\n    public int Count { get; set; }\n}\n"),
        ]);
}
