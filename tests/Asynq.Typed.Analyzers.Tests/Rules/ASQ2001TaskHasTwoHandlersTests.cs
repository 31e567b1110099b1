using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ2001TaskHasTwoHandlersTests
{
    [Fact]
    public Task Reports_both_handlers_of_one_task() => Rule<HandlerDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed class {|ASQ2001:Sender|} : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        public sealed class {|ASQ2001:Printer|} : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """);

    [Fact]
    public Task Says_which_task_and_which_handlers() => Rule<HandlerDeclarationAnalyzer>.SaysAsync(
        "ASQ2001",
        "Task 'Invoice' is handled by 'Sender' and by 'Printer': keep one of them",
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed class {|#0:Sender|} : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        #pragma warning disable ASQ2001
        public sealed class Printer : IHandle<Invoice>
        #pragma warning restore ASQ2001
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """);

    [Fact]
    public Task Reports_a_handler_beside_one_that_answers() => Rule<HandlerDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed class {|ASQ2001:Sender|} : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        public sealed class {|ASQ2001:Counter|} : IHandle<Invoice, int>
        {
            public Task<int> HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(1);
        }
        """);

    [Fact]
    public Task Says_which_two_aggregators_a_task_has() => Rule<HandlerDeclarationAnalyzer>.SaysAsync(
        "ASQ2001",
        "Task 'Note' is aggregated by 'First' and by 'Second': keep one of them",
        """
        [AsynqTask("note")]
        public sealed partial record Note(string Text);

        public sealed class {|#0:First|} : IAggregate<Note, Note>
        {
            public ValueTask<AggregateResult<Note>> AggregateAsync(
                GroupContext group, IReadOnlyList<Note> tasks, CancellationToken cancellationToken) => default;
        }

        #pragma warning disable ASQ2001
        public sealed class Second : IAggregate<Note, Note>
        {
            public ValueTask<AggregateResult<Note>> AggregateAsync(
                GroupContext group, IReadOnlyList<Note> tasks, CancellationToken cancellationToken) => default;
        }
        """);

    [Fact]
    public Task Says_by_which_interfaces_one_class_handles_a_task_twice() => Rule<HandlerDeclarationAnalyzer>.SaysAsync(
        "ASQ2001",
        "Task 'Invoice' is handled by 'Sender as IHandle<Invoice>' and by 'Sender as IHandle<Invoice, int>': keep one of them",
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed class {|#0:Sender|} : IHandle<Invoice>, IHandle<Invoice, int>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;

            Task<int> IHandle<Invoice, int>.HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(1);
        }
        """);

    [Fact]
    public Task Reports_a_handler_and_one_that_derives_from_it() => Rule<HandlerDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public class {|ASQ2001:Sender|} : IHandle<Invoice>
        {
            public virtual Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        public sealed class {|ASQ2001:LoudSender|} : Sender, IHandle<Invoice>;
        """);

    [Fact]
    public Task Reports_an_assembly_that_is_added_beside_another_with_the_same_task() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        public sealed class Printer : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        public static class Program
        {
            public static void Chain(AsynqBuilder builder) =>
                builder.AddServer().AddReferencedHandlers().UseRedis("a").{|ASQ2001:AddTestProjectHandlers|}();

            public static void Statements(AsynqBuilder builder)
            {
                builder.AddTestProjectHandlers();
                builder.{|ASQ2001:AddReferencedHandlers|}();
            }
        }
        """,
        referenced: """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed class Sender : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """);

    [Fact]
    public Task Says_what_an_assembly_says_that_it_handles() => Rule<ServerCompositionAnalyzer>.SaysAsync(
        "ASQ2001",
        "Task 'invoice' is handled by 'Printer' and by 'Shop.InvoiceHandler': keep one of them",
        """
        public sealed class Printer : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.AddReferencedHandlers().{|#0:AddTestProjectHandlers|}();
        }
        """,
        referenced: """
        [assembly: HandledTask("invoice", "Shop.InvoiceHandler")]

        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        namespace Asynq.Typed
        {
            public static class ReferencedHandlersExtensions
            {
                public static AsynqBuilder AddReferencedHandlers(this AsynqBuilder builder) => builder;
            }
        }
        """);

    [Fact]
    public Task Says_which_assemblies_aggregate_one_task() => Rule<ServerCompositionAnalyzer>.SaysAsync(
        "ASQ2001",
        "Task 'note' is aggregated by 'Own' and by 'Theirs': keep one of them",
        $$"""
        {{Aggregator("Own")}}

        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.AddReferencedHandlers().{|#0:AddTestProjectHandlers|}();
        }
        """,
        referenced: $$"""
        [AsynqTask("note")]
        public sealed partial record Note(string Text);

        {{Aggregator("Theirs")}}
        """);

    private static string Aggregator(string name) =>
        $$"""
        internal sealed class {{name}} : IAggregate<Note, Note>
        {
            public ValueTask<AggregateResult<Note>> AggregateAsync(
                GroupContext group, IReadOnlyList<Note> tasks, CancellationToken cancellationToken) => default;
        }
        """;

    [Fact]
    public Task Is_silent_on_assemblies_that_are_added_to_different_builders() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        public sealed class Printer : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        public static class Program
        {
            public static void Add(AsynqBuilder first, AsynqBuilder second)
            {
                first.AddTestProjectHandlers();
                second.AddReferencedHandlers().AddReferencedHandlers();
            }
        }
        """,
        referenced: """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed class Sender : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """);

    [Theory]
    [InlineData("if (flag) { builder.AddTestProjectHandlers(); } else { builder.AddReferencedHandlers(); }")]
    [InlineData("if (flag) { builder.AddTestProjectHandlers(); return; } builder.AddReferencedHandlers();")]
    [InlineData("switch (number) { case 1: builder.AddTestProjectHandlers(); break; default: builder.AddReferencedHandlers(); break; }")]
    [InlineData("_ = flag ? builder.AddTestProjectHandlers() : builder.AddReferencedHandlers();")]
    [InlineData("_ = number switch { 1 => builder.AddTestProjectHandlers(), _ => builder.AddReferencedHandlers() };")]
    [InlineData("Action own = () => builder.AddTestProjectHandlers(); builder.AddReferencedHandlers();")]
    [InlineData("void Own() => builder.AddTestProjectHandlers(); builder.AddReferencedHandlers();")]
    [InlineData("var any = flag && builder.AddTestProjectHandlers() is null; builder.AddReferencedHandlers();")]
    [InlineData("builder.AddTestProjectHandlers(); builder = other; builder.AddReferencedHandlers();")]
    [InlineData("builder.AddTestProjectHandlers(); Renew(out builder); builder.AddReferencedHandlers();")]
    [InlineData("builder.AddTestProjectHandlers(); (builder, number) = (other, 1); builder.AddReferencedHandlers();")]
    public Task Is_silent_where_one_assembly_or_the_other_is_added(string statements) =>
        Rule<ServerCompositionAnalyzer>.CheckAsync(Adding(statements), referenced: Sender);

    [Theory]
    [InlineData("builder.AddTestProjectHandlers(); if (flag) { builder.{|ASQ2001:AddReferencedHandlers|}(); }")]
    [InlineData("var chain = builder.AddTestProjectHandlers(); builder.{|ASQ2001:AddReferencedHandlers|}();")]
    [InlineData("builder = builder.AddTestProjectHandlers(); builder = builder.{|ASQ2001:AddReferencedHandlers|}();")]
    [InlineData("builder = other; builder.AddTestProjectHandlers(); builder.{|ASQ2001:AddReferencedHandlers|}();")]
    [InlineData("if (builder.AddTestProjectHandlers() is null) { return; } builder.{|ASQ2001:AddReferencedHandlers|}();")]
    public Task Reports_assemblies_that_are_added_in_one_go(string statements) =>
        Rule<ServerCompositionAnalyzer>.CheckAsync(Adding(statements), referenced: Sender);

    private const string Sender = """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed class Sender : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """;

    private static string Adding(string statements) =>
        $$"""
        public sealed class Printer : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        public static class Program
        {
            public static void Add(AsynqBuilder builder, AsynqBuilder other, bool flag, int number)
            {
                {{statements}}
            }

            private static void Renew(out AsynqBuilder builder) => throw new NotSupportedException();
        }
        """;

    [Fact]
    public Task Is_silent_on_one_class_that_handles_several_tasks() => Rule<HandlerDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        [AsynqTask("bill")]
        public sealed partial record Bill(long Id);

        public sealed class Sender : IHandle<Invoice>, IHandle<Bill>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;

            public Task HandleAsync(Bill task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """);

    [Fact]
    public Task Is_silent_on_a_base_class_and_a_handler_in_another_assembly() => Rule<HandlerDeclarationAnalyzer>.CheckAsync(
        """
        public abstract class Base : IHandle<Invoice>
        {
            public abstract Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken);
        }

        public sealed class FakeSender : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """,
        referenced: """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed class Sender : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """);
}
