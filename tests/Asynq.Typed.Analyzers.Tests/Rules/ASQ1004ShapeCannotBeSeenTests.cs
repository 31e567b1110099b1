using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

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
}
