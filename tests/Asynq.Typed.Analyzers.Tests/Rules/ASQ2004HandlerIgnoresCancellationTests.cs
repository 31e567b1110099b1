using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Asynq.Typed.CodeFixes;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ2004HandlerIgnoresCancellationTests
{
    [Fact]
    public Task Says_which_handler_token_and_call() => Rule<HandlerCancellationAnalyzer>.SaysAsync(
        "ASQ2004",
        "Handler 'Sender' never uses 'cancellationToken', so it runs on after its deadline or a cancel: pass it to 'SendAsync'",
        Handler(
            """
            public async Task HandleAsync(Invoice task, TaskContext context, CancellationToken {|#0:cancellationToken|})
            {
                await mailer.SendAsync("invoice");
            }
            """));

    [Theory]
    [InlineData("await mailer.SendAsync(\"x\");")]
    [InlineData("await mailer.SendAsync(\"x\").ConfigureAwait(false);")]
    [InlineData("var id = await mailer.QueueAsync(\"x\");")]
    [InlineData("await Task.Delay(10);")]
    [InlineData("await mailer.ManyAsync();")]
    [InlineData("foreach (var i in new[] { 1, 2 }) { await mailer.SendAsync(i.ToString()); }")]
    [InlineData("await foreach (var text in mailer.ReadAllAsync()) { }")]
    [InlineData("await foreach (var text in mailer.ReadAllAsync().ConfigureAwait(false)) { }")]
    [InlineData("await Task.WhenAll(mailer.SendAsync(\"x\"), mailer.FlushAsync());")]
    [InlineData("await Task.WhenAll([mailer.SendAsync(\"x\"), mailer.FlushAsync()]);")]
    [InlineData("await Task.WhenAll(new[] { mailer.SendAsync(\"x\") }).ConfigureAwait(false);")]
    [InlineData("await Task.WhenAny(mailer.FlushAsync(), mailer.SendAsync(\"x\"));")]
    [InlineData("var late = mailer.SendAsync(\"x\"); mailer.FlushAsync().ToString(); await late;")]
    [InlineData("Task late; late = mailer.SendAsync(\"x\"); await late.ConfigureAwait(false);")]
    [InlineData("var a = mailer.SendAsync(\"x\"); await Task.WhenAll(a, mailer.FlushAsync());")]
    [InlineData("await (task.Id > 1 ? mailer.FlushAsync() : mailer.SendAsync(\"x\"));")]
    [InlineData("await (task.Id switch { 1 => mailer.FlushAsync(), _ => mailer.SendAsync(\"x\") });")]
    [InlineData("await (mailer?.SendAsync(\"x\") ?? Task.CompletedTask);")]
    public Task Reports_an_awaited_call_that_takes_a_token(string statement) => Rule<HandlerCancellationAnalyzer>.CheckAsync(
        Handler(
            $$"""
            public async Task HandleAsync(Invoice task, TaskContext context, CancellationToken {|ASQ2004:token|})
            {
                {{statement}}
            }
            """));

    [Fact]
    public Task Reports_a_call_that_is_returned_and_an_explicit_implementation() => Rule<HandlerCancellationAnalyzer>.CheckAsync(
        Handler(
            """
            Task IHandle<Invoice>.HandleAsync(Invoice task, TaskContext context, CancellationToken {|ASQ2004:token|}) =>
                mailer.SendAsync("x");
            """));

    [Fact]
    public Task Reports_a_handler_that_answers() => Rule<HandlerCancellationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed class Sender : IHandle<Invoice, int>
        {
            public async Task<int> HandleAsync(Invoice task, TaskContext context, CancellationToken {|ASQ2004:token|})
            {
                await Task.Delay(10);
                return 1;
            }
        }
        """);

    [Fact]
    public Task Reports_an_override_of_a_method_that_implements_the_interface() => Rule<HandlerCancellationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public abstract class Base : IHandle<Invoice>
        {
            public abstract Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken);
        }

        public class Middle : Base
        {
            public override Task HandleAsync(Invoice task, TaskContext context, CancellationToken {|ASQ2004:token|}) => Task.Delay(1);
        }

        public sealed class Sender : Middle
        {
            public override Task HandleAsync(Invoice task, TaskContext context, CancellationToken {|ASQ2004:token|}) => Task.Delay(1);
        }
        """);

    [Theory]
    [InlineData("await mailer.SendAsync(\"x\", token);")]
    [InlineData("token.ThrowIfCancellationRequested(); await mailer.SendAsync(\"x\");")]
    [InlineData("await mailer.SendAsync(\"x\", CancellationToken.None);")]
    [InlineData("await mailer.SendAsync(\"x\", default);")]
    [InlineData("await mailer.FlushAsync();")]
    [InlineData("await Task.Yield();")]
    [InlineData("mailer.SendNow();")]
    [InlineData("Func<Task> late = async () => await mailer.SendAsync(\"x\");")]
    [InlineData("static async Task Late(IMailer mailer) => await mailer.SendAsync(\"x\"); await Late(mailer);")]
    [InlineData("await Task.Yield(); int Parse() { return mailer.Parse(\"x\"); }")]
    public Task Is_silent_where_nothing_is_left_to_pass(string statement) => Rule<HandlerCancellationAnalyzer>.CheckAsync(
        Handler(
            $$"""
            public async Task HandleAsync(Invoice task, TaskContext context, CancellationToken token)
            {
                {{statement}}
            }
            """));

    [Fact]
    public Task Is_silent_on_a_returned_value_that_is_no_task() => Rule<HandlerCancellationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice")]
        public sealed partial record Invoice(string Text);

        public sealed class Counter : IHandle<Invoice, int>
        {
            public async Task<int> HandleAsync(Invoice task, TaskContext context, CancellationToken token)
            {
                await Task.Yield();
                return Parse(task.Text);
            }

            private static int Parse(string text, CancellationToken token = default) => text.Length;
        }
        """);

    [Fact]
    public Task Fix_leaves_functions_in_the_handler_alone() =>
        Rule<HandlerCancellationAnalyzer>.FixesAsync<PassCancellationTokenFix>(
            Handler(
                """
                public async Task HandleAsync(Invoice task, TaskContext context, CancellationToken {|ASQ2004:token|})
                {
                    Func<string, Task> late = async token => await mailer.SendAsync(token);
                    await mailer.SendAsync("x");
                    await Last(mailer);
                    static async Task Last(IMailer mailer) => await mailer.SendAsync("y");
                }
                """),
            Handler(
                """
                public async Task HandleAsync(Invoice task, TaskContext context, CancellationToken token)
                {
                    Func<string, Task> late = async token => await mailer.SendAsync(token);
                    await mailer.SendAsync("x", token);
                    await Last(mailer);
                    static async Task Last(IMailer mailer) => await mailer.SendAsync("y");
                }
                """));

    [Fact]
    public Task Is_silent_on_other_methods_of_a_handler() => Rule<HandlerCancellationAnalyzer>.CheckAsync(
        Handler(
            """
            public Task HandleAsync(Invoice task, TaskContext context, CancellationToken token) => SendAsync(token);

            private Task SendAsync(CancellationToken token) => mailer.SendAsync("x");
            """));

    [Fact]
    public Task Fix_passes_the_token_to_every_call() =>
        Rule<HandlerCancellationAnalyzer>.FixesAsync<PassCancellationTokenFix>(
            Handler(
                """
                public async Task HandleAsync(Invoice task, TaskContext context, CancellationToken {|ASQ2004:token|})
                {
                    await mailer.SendAsync("x").ConfigureAwait(false);
                    await mailer.ManyAsync(); // all of them
                    await Task.Delay(10);
                    await mailer.FlushAsync();
                    await mailer.LateAsync();
                    await mailer.ExtendAsync();
                    await mailer.SendAsync(await mailer.QueueAsync("y"));
                    await mailer.FindAsync(task.Id);
                    await mailer.FindAsync(task.Id, "x");
                    await mailer.FindAsync(new object?[] { task.Id });
                    await mailer.FindAsync();
                }
                """),
            Handler(
                """
                public async Task HandleAsync(Invoice task, TaskContext context, CancellationToken token)
                {
                    await mailer.SendAsync("x", token).ConfigureAwait(false);
                    await mailer.ManyAsync(token); // all of them
                    await Task.Delay(10, token);
                    await mailer.FlushAsync();
                    await mailer.LateAsync(token: token);
                    await mailer.ExtendAsync(token);
                    await mailer.SendAsync(await mailer.QueueAsync("y", token), token);
                    await mailer.FindAsync([task.Id], token);
                    await mailer.FindAsync([task.Id, "x"], token);
                    await mailer.FindAsync(new object?[] { task.Id }, token);
                    await mailer.FindAsync([], token);
                }
                """));

    private static string Handler(string members) =>
        $$"""
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public interface IMailer
        {
            Task SendAsync(string text, CancellationToken cancellationToken = default);

            ValueTask<string> QueueAsync(string text);

            ValueTask<string> QueueAsync(string text, CancellationToken cancellationToken);

            Task ManyAsync();

            Task ManyAsync(CancellationToken cancellationToken);

            Task FindAsync(params object?[]? keys);

            Task FindAsync(object?[]? keys, CancellationToken cancellationToken);

            Task LateAsync(int delay = 1, CancellationToken token = default);

            IAsyncEnumerable<string> ReadAllAsync(CancellationToken cancellationToken = default);

            Task FlushAsync();

            int Parse(string text, CancellationToken cancellationToken = default);

            void SendNow(CancellationToken cancellationToken = default);
        }

        public static class MailerExtensions
        {
            public static Task ExtendAsync(this IMailer mailer, CancellationToken cancellationToken = default) => Task.CompletedTask;
        }

        public sealed class Sender(IMailer mailer) : IHandle<Invoice>
        {
        {{members}}
        }
        """;
}
