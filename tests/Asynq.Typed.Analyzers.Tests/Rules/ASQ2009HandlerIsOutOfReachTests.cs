using Asynq.Typed.Analyzers.Routing;
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
}
