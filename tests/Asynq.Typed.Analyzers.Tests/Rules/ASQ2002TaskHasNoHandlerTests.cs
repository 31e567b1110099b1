using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.CodeFixes;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ2002TaskHasNoHandlerTests
{
    private const string Invoice = """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);
        """;

    private const string Handler = """
        internal sealed class InvoiceHandler : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """;

    [Fact]
    public Task Says_which_task_and_both_ways_out() => Rule<ServerCompositionAnalyzer>.SaysAsync(
        "ASQ2002",
        "No handler of this application handles task 'Invoice': write one, or say [assembly: HandledElsewhere(typeof(Invoice))]",
        $$"""
        {{Invoice}}

        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.{|#0:AddServer|}();
        }
        """);

    [Fact]
    public Task Reports_a_task_of_a_referenced_assembly() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.UseRedis("a").{|ASQ2002:AddServer|}(server => server.Concurrency = 1);
        }
        """,
        referenced: Invoice);

    [Fact]
    public Task Is_silent_where_there_is_a_handler_here() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        $$"""
        {{Handler}}

        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.AddServer().AddTestProjectHandlers();
        }
        """,
        referenced: Invoice);

    [Fact]
    public Task Is_silent_where_the_handler_answers() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        internal sealed class InvoiceHandler : IHandle<Invoice, int>
        {
            public Task<int> HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(1);
        }

        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.AddServer().AddTestProjectHandlers();
        }
        """,
        referenced: Invoice);

    [Fact]
    public Task Is_silent_where_the_task_waits_in_groups_but_not_for_its_batch() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        [AsynqTask("bill")]
        public sealed partial record Bill(List<long> Ids);

        internal sealed class Biller : IAggregate<Invoice, Bill>
        {
            public ValueTask<AggregateResult<Bill>> AggregateAsync(
                GroupContext group, IReadOnlyList<Invoice> tasks, CancellationToken cancellationToken) =>
                new(new Bill([.. tasks.Select(task => task.Id)]));
        }

        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.{|ASQ2002:AddServer|}().AddTestProjectHandlers();
        }
        """,
        referenced: Invoice);

    [Fact]
    public Task Is_silent_where_a_referenced_assembly_has_the_handler() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.AddServer().AddReferencedHandlers();
        }
        """,
        referenced: Invoice + "\n" + Handler);

    [Fact]
    public Task Is_silent_where_it_cannot_see_the_handlers_of_a_reference_assembly() =>
        Rule<ServerCompositionAnalyzer>.CheckAsync(
            """
            public static class Program
            {
                public static void Add(AsynqBuilder builder) => builder.AddServer().AddReferencedHandlers();
            }
            """,
            referenced: "[assembly: System.Runtime.CompilerServices.ReferenceAssembly]\n"
                + Invoice + "\n" + Handler.Replace("InvoiceHandler : IHandle<Invoice>", "BillHandler : IHandle<Bill>", StringComparison.Ordinal)
                    .Replace("Invoice task", "Bill task", StringComparison.Ordinal)
                + "\n[AsynqTask(\"bill\")] public sealed partial record Bill(long Id);");

    [Fact]
    public Task Is_silent_where_the_task_is_handled_elsewhere_or_no_server_is_added() =>
        Rule<ServerCompositionAnalyzer>.CheckAsync(
            """
            [assembly: HandledElsewhere(typeof(Invoice))]

            public static class Program
            {
                public static void Add(AsynqBuilder builder) => builder.AddServer();

                public static void AddServer()
                {
                }
            }
            """,
            referenced: Invoice);

    [Fact]
    public Task Is_silent_in_a_project_of_contracts() => Rule<ServerCompositionAnalyzer>.CheckAsync(Invoice);

    [Fact]
    public Task Fix_writes_a_handler() => Rule<ServerCompositionAnalyzer>.FixesAsync<WriteHandlerFix>(
        """
        namespace Shop;

        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.{|ASQ2002:AddServer|}().AddHandlers((HandlerModule)null!);
        }
        """,
        """
        namespace Shop;

        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.AddServer().AddHandlers((HandlerModule)null!);
        }
        """,
        added: ("InvoiceHandler.cs",
            """
            using System;
            using System.Threading;
            using System.Threading.Tasks;
            using Asynq.Typed;

            namespace Shop;

            internal sealed class InvoiceHandler : IHandle<Invoice>
            {
                public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) =>
                    throw new InvalidOperationException("InvoiceHandler is yet to be written.");
            }

            """));
}
