using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.CodeFixes;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ1009TaskHasDerivedTypesTests
{
    [Fact]
    public Task Says_which_task_and_which_derived_type() => Rule<DerivedTaskAnalyzer>.SaysAsync(
        "ASQ1009",
        "Task 'Invoice' has the derived type 'Reminder', whose values are refused when they are enqueued as 'Invoice': seal the task",
        """
        [AsynqTask("invoice")]
        public partial record {|#0:Invoice|}(long Id);

        public sealed record Reminder(long Id, int Days) : Invoice(Id);
        """);

    [Fact]
    public Task Reports_a_class_with_a_nested_derived_type() => Rule<DerivedTaskAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public partial class {|ASQ1009:Invoice|}
        {
            private sealed class Draft : Invoice;
        }
        """);

    [Fact]
    public Task Is_silent_on_an_open_task_that_nothing_derives_from() => Rule<DerivedTaskAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public partial record Invoice(long Id);

        public record Contact(long Id);

        public record Person(long Id) : Contact(Id);
        """);

    [Fact]
    public Task Is_silent_where_the_derived_type_is_a_task_itself() => Rule<DerivedTaskAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public partial record Invoice(long Id);

        [AsynqTask("reminder")]
        public sealed partial record Reminder(long Id, int Days) : Invoice(Id);
        """);

    [Fact]
    public Task Is_silent_on_a_task_that_is_itself_derived() => Rule<DerivedTaskAnalyzer>.CheckAsync(
        """
        public abstract record Document(long Id);

        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id) : Document(Id);
        """);

    [Fact]
    public Task Fix_seals_the_task() => Rule<DerivedTaskAnalyzer>.FixesAsync<SealTaskFix>(
        """
        [AsynqTask("invoice")]
        public partial record {|ASQ1009:Invoice|}(long Id);

        public sealed record Reminder(long Id, int Days) : Invoice(Id);

        [AsynqTask("bill")]
        partial class {|ASQ1009:Bill|};

        sealed class Late : Bill;
        """,
        """
        [AsynqTask("invoice")]
        public sealed partial record {|ASQ1009:Invoice|}(long Id);

        public sealed record Reminder(long Id, int Days) : Invoice(Id);

        [AsynqTask("bill")]
        sealed partial class {|ASQ1009:Bill|};

        sealed class Late : Bill;
        """,
        compiles: false);

    [Theory]
    [InlineData("[PayloadIgnore] public virtual int Pages => 1;")]
    [InlineData("[PayloadIgnore] protected int Pages => 1;")]
    [InlineData("protected virtual bool PrintMembers(System.Text.StringBuilder builder) => false;")]
    public Task Fix_is_not_offered_for_a_task_that_is_made_to_be_derived_from(string member)
    {
        var source = $$"""
            [AsynqTask("invoice")]
            public partial record {|ASQ1009:Invoice|}(long Id)
            {
                {{member}}
            }

            public sealed record Reminder(long Id, int Days) : Invoice(Id);
            """;
        return Rule<DerivedTaskAnalyzer>.FixesAsync<SealTaskFix>(source, source, leavesDiagnostics: true);
    }

    [Fact]
    public Task Reports_a_type_that_is_derived_from_a_task_of_another_project() => Rule<DerivedTaskAnalyzer>.CheckAsync(
        """
        public sealed record {|ASQ1009:Reminder|}(long Id, int Days) : Invoice(Id);

        [AsynqTask("late")]
        public sealed partial record Late(long Id, int Days) : Invoice(Id);
        """,
        referenced: "[AsynqTask(\"invoice\")] public partial record Invoice(long Id);");
}
