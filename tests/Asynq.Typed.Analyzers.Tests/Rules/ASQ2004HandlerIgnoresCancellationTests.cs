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

    [Theory]
    [InlineData("await mailer.SendAsync(\"x\", token);")]
    [InlineData("token.ThrowIfCancellationRequested(); await mailer.SendAsync(\"x\");")]
    [InlineData("await mailer.SendAsync(\"x\", CancellationToken.None);")]
    [InlineData("await mailer.SendAsync(\"x\", default);")]
    [InlineData("await mailer.FlushAsync();")]
    [InlineData("await Task.Yield();")]
    [InlineData("mailer.SendNow();")]
    public Task Is_silent_where_nothing_is_left_to_pass(string statement) => Rule<HandlerCancellationAnalyzer>.CheckAsync(
        Handler(
            $$"""
            public async Task HandleAsync(Invoice task, TaskContext context, CancellationToken token)
            {
                {{statement}}
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

            Task LateAsync(int delay = 1, CancellationToken token = default);

            Task FlushAsync();

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
