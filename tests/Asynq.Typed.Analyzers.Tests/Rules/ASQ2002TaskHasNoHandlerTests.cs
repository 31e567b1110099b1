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

    /// <summary>The registration of an assembly whose internal classes a tool has left out.</summary>
    private const string HiddenRegistration = """
        namespace Asynq.Typed
        {
            public static class ReferencedHandlersExtensions
            {
                public static AsynqBuilder AddReferencedHandlers(this AsynqBuilder builder) => builder;
            }
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
    public Task Is_silent_where_the_task_waits_in_groups_and_on_its_batch_which_another_rule_reports() => Rule<ServerCompositionAnalyzer>.CheckAsync(
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
            public static void Add(AsynqBuilder builder) => builder.AddServer().AddTestProjectHandlers();
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
    public Task Is_silent_where_an_assembly_says_that_it_handles_the_task() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.AddServer().AddReferencedHandlers();
        }
        """,
        referenced: $"""
        [assembly: HandledTask("invoice", "Shop.InvoiceHandler")]

        {Invoice}

        {HiddenRegistration}
        """);

    [Fact]
    public Task Reports_a_task_that_an_assembly_does_not_say_it_handles() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.{|ASQ2002:AddServer|}().AddReferencedHandlers();
        }
        """,
        referenced: $"""
        [assembly: HandledTask("bill", "Shop.BillHandler")]

        {Invoice}

        {HiddenRegistration}
        """);

    [Fact]
    public Task Is_silent_where_an_assembly_hides_what_it_handles() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.AddServer().AddReferencedHandlers();
        }
        """,
        referenced: $"{Invoice}\n{HiddenRegistration}");

    [Fact]
    public async Task Is_silent_where_a_reference_assembly_has_the_handler()
    {
        var test = new AnalyzerCase<ServerCompositionAnalyzer>();
        test.TestState.Sources.Add(("Source.cs",
            """
            public static class Program
            {
                public static void Add(AsynqBuilder builder) => builder.AddServer().AddReferencedHandlers();
            }
            """));
        test.TestState.AdditionalReferences.Add(Library.Compile("Referenced", $"{Invoice}\n{Handler}", asReference: true));

        await test.RunAsync(TestContext.Current.CancellationToken);
    }

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

    [Theory]
    [InlineData("new TaskMux().Handle(\"inv\", handler)")]
    [InlineData("new TaskMux().Handle(\"bill\", handler).Handle(pattern, handler)")]
    [InlineData("new TaskMux { NotFound = handler }")]
    public Task Is_silent_where_an_untyped_mux_may_handle_the_task(string mux) =>
        Rule<ServerCompositionAnalyzer>.CheckAsync(WithMux(mux, "AddServer"), referenced: Invoice);

    [Theory]
    [InlineData("new TaskMux().Handle(\"bill\", handler)")]
    [InlineData("new TaskMux { NotFound = null }")]
    public Task Reports_a_task_that_no_pattern_of_an_untyped_mux_fits(string mux) =>
        Rule<ServerCompositionAnalyzer>.CheckAsync(WithMux(mux, "{|ASQ2002:AddServer|}"), referenced: Invoice);

    private static string WithMux(string mux, string addServer) =>
        $$"""
        public static class Program
        {
            public static void Add(AsynqBuilder builder, RawHandler handler, string pattern) =>
                builder.{{addServer}}().AddHandlers({{mux}});
        }
        """;

    [Fact]
    public Task Is_silent_on_tasks_that_no_handler_could_name() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        public static partial class Program
        {
            [AsynqTask("bill")]
            private sealed partial record Bill(long Id);

            public static void Add(AsynqBuilder builder) => builder.AddServer();
        }
        """,
        referenced: Invoice.Replace("public", "internal", StringComparison.Ordinal));

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

    [Fact]
    public Task Fix_writes_one_handler_where_two_files_add_a_server() => Rule<ServerCompositionAnalyzer>.FixesFilesAsync<WriteHandlerFix>(
        [
            ("A.cs", Invoice + "\n" + Server("First", "builder.{|ASQ2002:AddServer|}()")),
            ("B.cs", Server("Second", "builder.{|ASQ2002:AddServer|}()")),
        ],
        [
            ("A.cs", Invoice + "\n" + Server("First", "builder.AddServer()")),
            ("B.cs", Server("Second", "builder.AddServer()")),
            ("InvoiceHandler.cs", Written("", "InvoiceHandler", "Invoice")),
        ]);

    [Fact]
    public async Task Fix_tells_tasks_of_one_name_apart()
    {
        const string Tasks = """
            namespace First
            {
                [AsynqTask("first:invoice")]
                public sealed partial record Invoice(long Id);
            }

            namespace Second
            {
                [AsynqTask("second:invoice")]
                public sealed partial record Invoice(long Id);

                public static partial class Inner
                {
                    [AsynqTask("inner:invoice")]
                    public sealed partial record Invoice(long Id);
                }
            }


            """;
        var test = new FixCase<ServerCompositionAnalyzer, WriteHandlerFix>(compiles: true)
        {
            CodeFixTestBehaviors = Microsoft.CodeAnalysis.Testing.CodeFixTestBehaviors.SkipLocalDiagnosticCheck,
        };
        test.TestState.Sources.Add(("A.cs", Tasks + Server("Program", "builder.{|ASQ2002:{|ASQ2002:{|ASQ2002:AddServer|}|}|}()")));
        test.FixedState.Sources.Add(("A.cs", Tasks + Server("Program", "builder.AddServer()")));
        test.FixedState.Sources.Add(("InvoiceHandler.cs", Written("namespace First;\n\n", "InvoiceHandler", "Invoice")));
        test.FixedState.Sources.Add(("Second.InvoiceHandler.cs", Written("namespace Second;\n\n", "InvoiceHandler", "Inner.Invoice")));
        test.FixedState.Sources.Add(("NewInvoiceHandler.cs", Written("namespace Second;\n\n", "NewInvoiceHandler", "Invoice")));

        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    private static string Server(string type, string call) =>
        $$"""
        public static class {{type}}
        {
            public static void Add(AsynqBuilder builder) => {{call}}.AddHandlers((HandlerModule)null!);
        }
        """;

    private static string Written(string container, string handler, string task) =>
        $$"""
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using Asynq.Typed;

        {{container}}internal sealed class {{handler}} : IHandle<{{task}}>
        {
            public Task HandleAsync({{task}} task, TaskContext context, CancellationToken cancellationToken) =>
                throw new InvalidOperationException("{{handler}} is yet to be written.");
        }

        """;
}
