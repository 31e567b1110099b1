using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ1002TaskTypeNameIsTakenTests
{
    [Fact]
    public Task Says_which_tasks_share_which_name() => Rule<TaskNameCollisionAnalyzer>.SaysAsync(
        "ASQ1002",
        "Task 'Shop.Invoice' has the type name 'invoice', which task 'Contracts.Invoice' has too: give each task a name of its own",
        """
        namespace Shop;

        [AsynqTask({|#0:"invoice"|})]
        public sealed partial record Invoice(long Id);
        """,
        referenced: """
        namespace Contracts;

        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);
        """);

    [Fact]
    public Task Reports_both_tasks_of_one_project() => Rule<TaskNameCollisionAnalyzer>.CheckAsync(
        """
        [AsynqTask({|ASQ1002:"invoice"|})]
        public sealed partial record Invoice(long Id);

        public static partial class Nested
        {
            [AsynqTask({|ASQ1002:Names.Invoice|})]
            public sealed partial record Bill(long Id);
        }

        public static class Names
        {
            public const string Invoice = "invoice";
        }
        """);

    [Fact]
    public Task Is_silent_on_names_that_differ_in_case() => Rule<TaskNameCollisionAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        [AsynqTask("Invoice")]
        public sealed partial record Bill(long Id);
        """);

    [Fact]
    public Task Is_silent_on_the_parts_of_one_task() => Rule<TaskNameCollisionAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed partial record Invoice
        {
            public string? Note { get; init; }
        }
        """);

    [Fact]
    public Task Is_silent_on_blank_names_which_have_a_rule_of_their_own() => Rule<TaskNameCollisionAnalyzer>.CheckAsync(
        """
        [AsynqTask("")]
        public sealed partial record Invoice(long Id);

        [AsynqTask("")]
        public sealed partial record Bill(long Id);
        """);
}
