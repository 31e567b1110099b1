using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ2006HandlersAreNotAddedTests
{
    private const string Handlers = """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        internal sealed class InvoiceHandler : IHandle<Invoice>
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """;

    [Fact]
    public Task Says_which_assembly_and_which_method() => Rule<ServerCompositionAnalyzer>.SaysAsync(
        "ASQ2006",
        "The handlers of 'Referenced' are never added, so the server does not run their tasks: call 'AddReferencedHandlers()'",
        """
        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.{|#0:AddServer|}();
        }
        """,
        referenced: Handlers);

    [Fact]
    public Task Reports_handlers_of_the_project_itself() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        $$"""
        {{Handlers}}

        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.{|ASQ2006:AddServer|}();
        }
        """);

    [Fact]
    public Task Is_silent_where_the_method_is_called_anywhere() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        $$"""
        {{Handlers}}

        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.AddServer();

            public static void AddMore(AsynqBuilder builder)
            {
                builder.AddTestProjectHandlers();
            }
        }
        """);

    [Fact]
    public Task Is_silent_where_modules_are_added_by_hand() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        $$"""
        {{Handlers}}

        public static class Program
        {
            public static void Add(AsynqBuilder builder, HandlerModule module) => builder.AddServer().AddHandlers(module);
        }
        """);

    [Fact]
    public Task Is_silent_where_the_assembly_adds_its_handlers_by_a_method_of_its_own() => Rule<ServerCompositionAnalyzer>.CheckAsync(
        """
        public static class Program
        {
            public static void Add(AsynqBuilder builder) => builder.AddServer().AddInvoicing();
        }
        """,
        referenced: Handlers + """

            public static class Invoicing
            {
                public static AsynqBuilder AddInvoicing(this AsynqBuilder builder) => builder.AddReferencedHandlers();
            }
            """);

    [Fact]
    public Task Is_silent_where_there_is_no_server() => Rule<ServerCompositionAnalyzer>.CheckAsync(Handlers);
}
