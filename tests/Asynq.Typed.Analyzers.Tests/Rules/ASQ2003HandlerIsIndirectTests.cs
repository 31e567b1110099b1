using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ2003HandlerIsIndirectTests
{
    private const string Declarations = """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public interface IInvoiceHandler : IHandle<Invoice>;

        public abstract class Base<T> : IHandle<T>
            where T : IAsynqTask<T>
        {
            public Task HandleAsync(T task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """;

    [Fact]
    public Task Says_which_handler_comes_by_what_through_what() => Rule<HandlerDeclarationAnalyzer>.SaysAsync(
        "ASQ2003",
        "Handler 'Sender' has 'IHandle<Invoice>' only through 'Base<Invoice>', where a change would end its registration unseen: name 'IHandle<Invoice>' in its own list of base types",
        $$"""
        {{Declarations}}

        public sealed class {|#0:Sender|} : Base<Invoice>;
        """);

    [Fact]
    public Task Reports_an_interface_in_between() => Rule<HandlerDeclarationAnalyzer>.CheckAsync(
        $$"""
        {{Declarations}}

        public sealed class {|ASQ2003:Sender|} : IInvoiceHandler
        {
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """);

    [Fact]
    public Task Is_silent_where_the_interface_is_named_besides() => Rule<HandlerDeclarationAnalyzer>.CheckAsync(
        $$"""
        {{Declarations}}

        public sealed class Sender : Base<Invoice>, IInvoiceHandler, IHandle<Invoice>;
        """);

    [Fact]
    public Task Is_silent_on_types_that_no_server_could_make() => Rule<HandlerDeclarationAnalyzer>.CheckAsync(
        $$"""
        {{Declarations}}

        public abstract class Sender : Base<Invoice>;

        public sealed class Decorator<T> : Base<T>
            where T : IAsynqTask<T>;

        public interface IOther : IInvoiceHandler;
        """);
}
