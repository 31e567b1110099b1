using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ2009HandlerIsOutOfReachTests
{
    private const string Body =
        "{ public Task HandleAsync(Invoice task, TaskContext context, CancellationToken token) => Task.CompletedTask; }";

    private const string Invoice = """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);
        """;

    [Fact]
    public Task Says_which_handler_of_which_task() => Rule<HandlerDeclarationAnalyzer>.SaysAsync(
        "ASQ2009",
        "Handler 'Sender' of task 'Invoice' is never registered, because generated code cannot name it: make it, and the types around it, internal or public and not generic",
        $$"""
        {{Invoice}}

        public static class Handlers
        {
            private sealed class {|#0:Sender|} : IHandle<Invoice> {{Body}}
        }
        """);

    [Theory]
    [InlineData("public class Outer", "protected class")]
    [InlineData("public class Outer", "private protected class")]
    [InlineData("public class Outer<T>", "public sealed class")]
    [InlineData("file static class Outer", "public sealed class")]
    public Task Reports_a_class_that_cannot_be_named(string outer, string inner) => Rule<HandlerDeclarationAnalyzer>.CheckAsync(
        $$"""
        {{Invoice}}

        {{outer}}
        {
            {{inner}} {|ASQ2009:Sender|} : IHandle<Invoice> {{Body}}
        }
        """);

    [Theory]
    [InlineData("public static class Outer", "internal sealed class Sender")]
    [InlineData("internal class Outer", "protected internal class Sender")]
    [InlineData("public static class Outer", "private abstract class Sender")]
    [InlineData("public static class Outer", "private class Sender<T>")]
    public Task Is_silent_on_a_class_that_can_be_named_or_need_not(string outer, string inner) =>
        Rule<HandlerDeclarationAnalyzer>.CheckAsync(
            $$"""
            {{Invoice}}

            {{outer}}
            {
                {{inner}} : IHandle<Invoice> {{Body}}
            }
            """);

    [Fact]
    public Task Says_which_batch_cannot_be_named() => Rule<HandlerDeclarationAnalyzer>.SaysAsync(
        "ASQ2009",
        "Handler 'Collector' of task 'Invoice' is never registered, because generated code cannot name 'Batch': make it, and the types around it, internal or public and not generic",
        $$"""
        {{Invoice}}

        public static partial class Outer
        {
            [AsynqTask("batch")]
            private sealed partial record Batch(int Count);

            internal sealed class {|#0:Collector|} : IAggregate<Invoice, Batch>
            {
                ValueTask<AggregateResult<Batch>> IAggregate<Invoice, Batch>.AggregateAsync(
                    GroupContext group, IReadOnlyList<Invoice> tasks, CancellationToken token) => default;
            }
        }
        """);

    [Fact]
    public Task Reports_tasks_and_results_that_cannot_be_named() => Rule<HandlerDeclarationAnalyzer>.CheckAsync(
        $$"""
        {{Invoice}}

        public static partial class Outer
        {
            [AsynqTask("own")]
            private sealed partial record Own(int Count);

            private enum Answer { Yes = 1 }

            internal sealed class {|ASQ2009:OfOwn|} : IHandle<Own>
            {
                Task IHandle<Own>.HandleAsync(Own task, TaskContext context, CancellationToken token) => Task.CompletedTask;
            }

            internal sealed class {|ASQ2009:Answering|} : IHandle<Invoice, List<Answer>>
            {
                Task<List<Answer>> IHandle<Invoice, List<Answer>>.HandleAsync(
                    Invoice task, TaskContext context, CancellationToken token) => Task.FromResult<List<Answer>>([]);
            }
        }
        """);

    [Theory]
    [InlineData(
        "public static partial class Outer { [AsynqTask(\"sweep\"), PeriodicTask(\"@daily\")] private sealed partial record {|#0:Sweep|}; }",
        "name it: make it, and the types around it, internal or public")]
    [InlineData(
        "[AsynqTask(\"sweep\"), PeriodicTask(\"@daily\")] public sealed partial record {|#0:Sweep|}(int Limit);",
        "make one: give it one constructor, internal or public, that needs no arguments, and no required members beside it")]
    [InlineData(
        "[AsynqTask(\"sweep\"), PeriodicTask(\"@daily\")] public sealed partial record {|#0:Sweep|} { public required int Limit { get; init; } }",
        "make one: give it one constructor, internal or public, that needs no arguments, and no required members beside it")]
    public Task Says_which_schedule_is_never_registered(string source, string reason) => Rule<PeriodicTaskAnalyzer>.SaysAsync(
        "ASQ2009", "The schedule of task 'Sweep' is never registered, because generated code cannot " + reason, source);

    [Theory]
    [InlineData("[AsynqTask(\"sweep\"), PeriodicTask(\"@daily\")] internal sealed partial record Sweep(int Limit = 3);")]
    [InlineData("[AsynqTask(\"sweep\"), PeriodicTask(\"@daily\")] public partial struct Sweep { public int Limit { get; set; } }")]
    [InlineData("[AsynqTask(\"sweep\")] public sealed partial record Sweep(int Limit);")]
    [InlineData("[AsynqTask(\"sweep\"), PeriodicTask(\"@daily\")] public sealed record Sweep(int Limit);")]
    public Task Is_silent_on_schedules_that_are_registered_or_that_another_rule_reports(string source) =>
        Rule<PeriodicTaskAnalyzer>.CheckAsync(source);

    [Fact]
    public Task Reports_a_schedule_of_another_assembly_at_the_handler_that_would_register_it() =>
        Rule<PeriodicTaskAnalyzer>.CheckAsync(
            """
            public sealed class {|ASQ2009:Sweeper|} : IHandle<Sweep>
            {
                public Task HandleAsync(Sweep task, TaskContext context, CancellationToken token) => Task.CompletedTask;
            }

            public sealed class Cleaner : IHandle<Clean>
            {
                public Task HandleAsync(Clean task, TaskContext context, CancellationToken token) => Task.CompletedTask;
            }
            """,
            referenced: """
            [AsynqTask("sweep"), PeriodicTask("@daily")]
            public sealed partial class Sweep
            {
                internal Sweep()
                {
                }

                public int Limit { get; set; }
            }

            [AsynqTask("clean"), PeriodicTask("@daily")]
            public sealed partial record Clean;
            """,
            isContracts: true);
}
