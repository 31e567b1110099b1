using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.CodeFixes;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ1004ShapeCannotBeSeenTests
{
    [Fact]
    public Task Says_which_task_and_which_member() => Rule<PayloadShapeAnalyzer>.SaysAsync(
        "ASQ1004",
        "Nothing is generated for task 'Invoice', because 'Invoice.Document' is of a type that a payload cannot hold: "
        + "name a formatter for it with [PayloadFormatter]",
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id, System.IO.Stream {|#0:Document|});
        """);

    [Theory]
    [InlineData("public object? {|ASQ1004:Value|} { get; init; }")]
    [InlineData("public Action? {|ASQ1004:Value|} { get; init; }")]
    [InlineData("public IDisposable? {|ASQ1004:Value|} { get; init; }")]
    [InlineData("public List<System.IO.Stream>? {|ASQ1004:Value|} { get; init; }")]
    [InlineData("public int[,]? {|ASQ1004:Value|} { get; init; }")]
    [InlineData("public int {|ASQ1004:Value|} { get; } = 1;")]
    public Task Reports_a_member_that_cannot_be_carried(string member) => Rule<PayloadShapeAnalyzer>.CheckAsync(
        $$"""
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id)
        {
            {{member}}
        }
        """);

    [Fact]
    public Task Says_what_becomes_of_a_converter_of_JSON() => Rule<PayloadShapeAnalyzer>.SaysAsync(
        "ASQ1004",
        "Nothing is generated for task 'Invoice', because 'Level' has a [JsonConverter], which payloads do not use: "
        + "name a formatter with [PayloadFormatter], or take the attribute away",
        """
        [AsynqTask("invoice", Format = PayloadFormat.Json)]
        public sealed partial record Invoice(Level Level, List<Level?> Others, Dictionary<Level, int> Counts);

        [System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter))]
        public enum {|#0:Level|} { Low = 1 }
        """);

    [Fact]
    public Task Reports_a_converter_of_JSON_only_where_JSON_is_written() => Rule<PayloadShapeAnalyzer>.CheckAsync(
        """
        using System.Text.Json.Serialization;

        [AsynqTask("invoice", Format = PayloadFormat.Json)]
        public sealed partial record Invoice(Words Words)
        {
            [JsonConverter(typeof(JsonStringEnumConverter))]
            public DayOfWeek {|ASQ1004:Day|} { get; set; }
        }

        [AsynqTask("bill")]
        public sealed partial record Bill(Words Words)
        {
            [JsonConverter(typeof(JsonStringEnumConverter))]
            public DayOfWeek Day { get; set; }
        }

        [Own]
        public sealed record {|ASQ1004:Words|}(string First);

        public sealed class OwnAttribute : JsonConverterAttribute;
        """);

    [Fact]
    public Task Reports_a_partial_type_that_another_generator_completes() => Rule<PayloadShapeAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id, Address Address);

        public sealed partial class {|ASQ1004:Address|};
        """);

    [Fact]
    public Task Reports_a_nested_type_of_another_assembly_at_the_task() => Rule<PayloadShapeAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record {|ASQ1004:Invoice|}(long Id, Address Address);
        """,
        referenced: """
        public sealed class Address
        {
            public Address(string street, int number)
            {
            }

            public string Street { get; set; } = "";
        }
        """);

    [Fact]
    public Task Is_silent_on_what_can_be_carried() => Rule<PayloadShapeAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(
            long Id, string? Note, byte[] Raw, Guid Key, DateTimeOffset At, TimeSpan Wait, decimal Amount, DayOfWeek? Day,
            List<Address> Addresses, Dictionary<string, int[]> Counts, IReadOnlyList<Address?> Others)
        {
            public required string Title { get; set; }

            public string Shown => Title + Id;

            internal object? Cache { get; set; }

            public static object? Shared { get; set; }
        }

        public readonly record struct Address(string Street);
        """);

    [Fact]
    public Task Is_silent_where_another_rule_says_that_nothing_is_generated() => Rule<PayloadShapeAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed record Invoice(object Value);

        [AsynqTask("")]
        public sealed partial record Bill(object Value);
        """);

    [Fact]
    public Task Fix_writes_a_formatter() => Rule<PayloadShapeAnalyzer>.FixesAsync<WriteFormatterFix>(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id, System.IO.Stream {|ASQ1004:Document|})
        {
            public System.IO.Stream? {|ASQ1004:Copy|} { get; set; }
        }

        public sealed class Next;
        """,
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id, [PayloadFormatter(typeof(StreamFormatter))] System.IO.Stream Document)
        {
            [PayloadFormatter(typeof(StreamFormatter))]
            public System.IO.Stream? Copy { get; set; }
        }

        internal sealed class StreamFormatter : IPayloadFormatter<System.IO.Stream>
        {
            public static void Write(ref MessagePack.MessagePackWriter writer, System.IO.Stream value) =>
                throw new NotSupportedException("StreamFormatter.Write is yet to be written: write exactly one value.");

            public static System.IO.Stream Read(ref MessagePack.MessagePackReader reader) =>
                throw new NotSupportedException("StreamFormatter.Read is yet to be written: read what Write wrote.");
        }

        public sealed class Next;
        """);

    [Fact]
    public Task Fix_writes_a_formatter_of_JSON() => Rule<PayloadShapeAnalyzer>.FixesAsync<WriteFormatterFix>(
        """
        [AsynqTask("invoice", Format = PayloadFormat.Json)]
        public sealed partial record Invoice(Action {|ASQ1004:Done|});
        """,
        """
        [AsynqTask("invoice", Format = PayloadFormat.Json)]
        public sealed partial record Invoice([PayloadFormatter(typeof(ActionFormatter))] Action Done);

        internal sealed class ActionFormatter : IJsonPayloadFormatter<Action>
        {
            public static void Write(System.Text.Json.Utf8JsonWriter writer, Action value) =>
                throw new NotSupportedException("ActionFormatter.Write is yet to be written: write exactly one value.");

            public static Action Read(ref System.Text.Json.Utf8JsonReader reader) =>
                throw new NotSupportedException("ActionFormatter.Read is yet to be written: read what Write wrote.");
        }
        """);

    [Fact]
    public Task Fix_is_not_offered_where_the_value_would_be_lost() => Rule<PayloadShapeAnalyzer>.FixesAsync<WriteFormatterFix>(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id)
        {
            public int {|ASQ1004:Value|} { get; } = 1;
        }
        """,
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id)
        {
            public int {|ASQ1004:Value|} { get; } = 1;
        }
        """,
        leavesDiagnostics: true);

    [Fact]
    public Task Fix_writes_one_formatter_where_two_files_need_it() => Rule<PayloadShapeAnalyzer>.FixesFilesAsync<WriteFormatterFix>(
        [
            ("A.cs", "[AsynqTask(\"a\")]\npublic sealed partial record A(Action {|ASQ1004:Done|});\n"),
            ("B.cs", "[AsynqTask(\"b\")]\npublic sealed partial record B(Other.Action {|ASQ1004:Done|});\n\nnamespace Other\n{\n    public delegate void Action();\n}\n"),
            ("C.cs", "[AsynqTask(\"c\")]\npublic sealed partial record C(Action {|ASQ1004:Done|}, Other.Action {|ASQ1004:Undone|});\n"),
        ],
        [
            ("A.cs", "[AsynqTask(\"a\")]\npublic sealed partial record A([PayloadFormatter(typeof(ActionFormatter))] Action Done);\n\n" + Formatter("ActionFormatter", "Action")),
            ("B.cs", "[AsynqTask(\"b\")]\npublic sealed partial record B([PayloadFormatter(typeof(NewActionFormatter))] Other.Action Done);\n\n" + Formatter("NewActionFormatter", "Other.Action") + "\nnamespace Other\n{\n    public delegate void Action();\n}\n"),
            ("C.cs", "[AsynqTask(\"c\")]\npublic sealed partial record C([PayloadFormatter(typeof(ActionFormatter))] Action Done, [PayloadFormatter(typeof(NewActionFormatter))] Other.Action Undone);\n"),
        ]);

    [Fact]
    public Task Fix_is_not_offered_for_a_type_that_a_formatter_beside_the_task_cannot_name() =>
        Rule<PayloadShapeAnalyzer>.FixesAsync<WriteFormatterFix>(HiddenMember, HiddenMember, leavesDiagnostics: true);

    private const string HiddenMember = """
        public static partial class Outer
        {
            private delegate void Done();

            [AsynqTask("invoice")]
            private sealed partial record Invoice(Done {|ASQ1004:Done|}, List<Done> {|ASQ1004:All|});
        }
        """;

    private static string Formatter(string name, string type) =>
        $$"""
        internal sealed class {{name}} : IPayloadFormatter<{{type}}>
        {
            public static void Write(ref MessagePack.MessagePackWriter writer, {{type}} value) =>
                throw new NotSupportedException("{{name}}.Write is yet to be written: write exactly one value.");

            public static {{type}} Read(ref MessagePack.MessagePackReader reader) =>
                throw new NotSupportedException("{{name}}.Read is yet to be written: read what Write wrote.");
        }

        """;
}
