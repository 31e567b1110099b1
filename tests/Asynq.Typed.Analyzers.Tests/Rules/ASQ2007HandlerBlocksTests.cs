using Asynq.Typed.Analyzers.Routing;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ2007HandlerBlocksTests
{
    [Fact]
    public Task Says_which_handler_blocks_on_what() => Rule<HandlerBlockingAnalyzer>.SaysAsync(
        "ASQ2007",
        "Handler 'Sender' blocks on 'Result': await the task instead, so that no thread is held",
        Handler("var id = {|#0:QueueAsync().Result|};"));

    [Fact]
    public Task Says_what_is_wrong_with_async_void() => Rule<HandlerBlockingAnalyzer>.SaysAsync(
        "ASQ2007",
        "Handler 'Sender' declares 'Start' as async void: return a Task, because an exception out of async void ends the process and the handler does not wait for it",
        Handler("Start();", "private async void {|#0:Start|}() => await QueueAsync();"));

    [Theory]
    [InlineData("{|ASQ2007:QueueAsync().Wait()|};")]
    [InlineData("{|ASQ2007:QueueAsync().Wait(100)|};")]
    [InlineData("{|ASQ2007:QueueAsync().GetAwaiter().GetResult()|};")]
    [InlineData("{|ASQ2007:QueueAsync().ConfigureAwait(false).GetAwaiter().GetResult()|};")]
    [InlineData("{|ASQ2007:Task.WaitAll(QueueAsync())|};")]
    [InlineData("var id = {|ASQ2007:new ValueTask<int>(QueueAsync()).Result|};")]
    [InlineData("Action act = () => {|ASQ2007:QueueAsync().Wait()|};")]
    [InlineData("Action act = {|ASQ2007:async () => await QueueAsync()|};")]
    [InlineData("async void {|ASQ2007:Local|}() => await QueueAsync();")]
    [InlineData("var late = QueueAsync(); var id = {|ASQ2007:late.Result|}; await late;")]
    [InlineData("var all = new[] { QueueAsync() }; var n = all.Sum(one => {|ASQ2007:one.Result|}); await Task.WhenAll(all);")]
    [InlineData("var all = new[] { QueueAsync() }; await Task.WhenAny(all); foreach (var one in all) { _ = {|ASQ2007:one.Result|}; }")]
    [InlineData("var all = new[] { QueueAsync() }; await Task.WhenAll(all.Select(one => one)); foreach (var one in new[] { QueueAsync() }) { _ = {|ASQ2007:one.Result|}; }")]
    [InlineData("var all = new[] { QueueAsync() }; await all[0]; var n = {|ASQ2007:all[1].Result|};")]
    [InlineData("await QueueAsync().ContinueWith(done => {|ASQ2007:QueueAsync().Result|});")]
    public Task Reports_every_way_to_block(string statement) =>
        Rule<HandlerBlockingAnalyzer>.CheckAsync(Handler(statement));

    [Theory]
    [InlineData("var id = await QueueAsync();")]
    [InlineData("var a = QueueAsync(); var b = QueueAsync(); await Task.WhenAll(a, b); var sum = a.Result + b.Result;")]
    [InlineData("var a = QueueAsync(); if (a.IsCompletedSuccessfully) { var id = a.Result; }")]
    [InlineData("var all = new[] { QueueAsync() }; await Task.WhenAll(all); var n = 0; foreach (var one in all) { n += one.Result; }")]
    [InlineData("var all = new List<Task<int>>(); await Task.WhenAll(all).ConfigureAwait(false); var n = all.Sum(one => one.Result);")]
    [InlineData("var all = new[] { QueueAsync() }; await Task.WhenAll(all); var n = all[0].Result;")]
    [InlineData("var all = new[] { QueueAsync() }; await Task.WhenAll(all); var n = all.Where(one => one.Result > 1).Select(one => one.Result);")]
    [InlineData("var n = await QueueAsync().ContinueWith(done => done.Result);")]
    [InlineData("await QueueAsync().ContinueWith(static (done, state) => { _ = done.Result; done.GetAwaiter().GetResult(); }, null);")]
    [InlineData("var outcome = new Outcome().Result;")]
    [InlineData("Func<Task> act = async () => await QueueAsync();")]
    [InlineData("using var gate = new SemaphoreSlim(1); gate.Wait();")]
    public Task Is_silent_where_nothing_is_waited_for(string statement) =>
        Rule<HandlerBlockingAnalyzer>.CheckAsync(Handler(statement));

    [Fact]
    public Task Is_silent_outside_of_handlers() => Rule<HandlerBlockingAnalyzer>.CheckAsync(
        """
        public sealed class Tool
        {
            public int Run() => Task.FromResult(1).Result;

            public async void Start() => await Task.Yield();
        }
        """);

    private static string Handler(string statement, string member = "") =>
        $$"""
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public sealed record Outcome
        {
            public int Result { get; init; }
        }

        public sealed class Sender : IHandle<Invoice>
        {
            public async Task HandleAsync(Invoice task, TaskContext context, CancellationToken cancellationToken)
            {
                {{statement}}
            }

            {{member}}

            private Task<int> QueueAsync() => Task.FromResult(1);
        }
        """;
}
