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
}
