using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.CodeFixes;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ2005HandledTypeIsNoTaskTests
{
    private const string Body =
        "public Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;";

    [Fact]
    public Task Says_which_handler_and_which_type() => Rule<HandledTypeAnalyzer>.SaysAsync(
        "ASQ2005",
        "Handler 'Sender' handles 'Invoice', which is no task: mark 'Invoice' with [AsynqTask] and make it partial",
        $$"""
        public sealed record Invoice(long Id);

        public sealed class Sender : IHandle<{|#0:Invoice|}>
        {
            {{Body}}
        }
        """,
        compiles: false);

    [Fact]
    public Task Reports_types_of_every_kind() => Rule<HandledTypeAnalyzer>.CheckAsync(
        """
        public abstract class OfString : Asynq.Typed.IHandle<{|ASQ2005:string|}>;

        public abstract class OfArray : IHandle<{|ASQ2005:int[]|}>;

        public abstract class Answering : IHandle<{|ASQ2005:string|}, int>;

        public interface IOfList : IHandle<{|ASQ2005:List<int>|}>;

        public record OfSelf : IHandle<{|ASQ2005:OfSelf|}>;
        """,
        compiles: false);

    [Fact]
    public Task Is_silent_on_a_task_a_type_parameter_and_an_unknown_type() => Rule<HandledTypeAnalyzer>.CheckAsync(
        $$"""
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed class Sender : IHandle<Invoice>
        {
            {{Body}}
        }

        public abstract class Base<T> : IHandle<T>
            where T : IAsynqTask<T>;

        public abstract class Unknown : IHandle<Missing>;
        """,
        compiles: false);

    [Fact]
    public Task Is_silent_on_another_interface_of_that_name() => Rule<HandledTypeAnalyzer>.CheckAsync(
        """
        namespace Other;

        public interface IHandle<T>;

        public sealed class Sender : Other.IHandle<string>;
        """);

    [Fact]
    public Task Fix_makes_the_type_a_task() => Rule<HandledTypeAnalyzer>.FixesAsync<DeclareTaskFix>(
        $$"""
        public sealed record InvoiceReminder(long Id);

        public static class Outer
        {
            public sealed record Bill(long Id);
        }

        public abstract class Sender : IHandle<{|ASQ2005:InvoiceReminder|}>, IHandle<{|ASQ2005:Outer.Bill|}>;
        """,
        $$"""
        [AsynqTask("invoice-reminder")]
        public sealed partial record InvoiceReminder(long Id);

        public static partial class Outer
        {
            [AsynqTask("bill")]
            public sealed partial record Bill(long Id);
        }

        public abstract class Sender : IHandle<InvoiceReminder>, IHandle<Outer.Bill>;
        """,
        compiles: false);

    [Fact]
    public Task Fix_is_not_offered_for_a_type_of_another_assembly() => Rule<HandledTypeAnalyzer>.FixesAsync<DeclareTaskFix>(
        "public abstract class Sender : IHandle<{|ASQ2005:Version|}>;",
        "public abstract class Sender : IHandle<{|ASQ2005:Version|}>;",
        leavesDiagnostics: true,
        compiles: false);

    [Theory]
    [InlineData("public abstract record Invoice(long Id);", "Invoice")]
    [InlineData("public static class Invoice;", "Invoice")]
    [InlineData("public sealed record Invoice<T>(T Id);", "Invoice<int>")]
    [InlineData("public static class Outer<T> { public sealed record Invoice(T Id); }", "Outer<int>.Invoice")]
    public Task Fix_is_not_offered_for_a_type_that_cannot_become_a_task(string declaration, string handled)
    {
        var source = $"{declaration}\n\npublic abstract class Sender : IHandle<{{|ASQ2005:{handled}|}}>;";
        return Rule<HandledTypeAnalyzer>.FixesAsync<DeclareTaskFix>(source, source, leavesDiagnostics: true, compiles: false);
    }
}
