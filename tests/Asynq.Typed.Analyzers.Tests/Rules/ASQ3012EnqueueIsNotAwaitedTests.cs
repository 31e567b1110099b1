using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3012EnqueueIsNotAwaitedTests
{
    [Fact]
    public Task Says_which_call() => Rule<EnqueueObservedAnalyzer>.SaysAsync(
        "ASQ3012",
        "Nobody learns whether 'EnqueueAsync' stored the task: await it",
        Body("{|#0:client.EnqueueAsync(new Invoice(1))|};"));

    [Theory]
    [InlineData("{|ASQ3012:client.TryEnqueueAsync(new Invoice(1))|};")]
    [InlineData("{|ASQ3012:client.EnqueueAsync(new Invoice(1))|}.ConfigureAwait(false);")]
    [InlineData("var task = {|ASQ3012:client.EnqueueAsync(new Invoice(1))|};")]
    [InlineData("var task = {|ASQ3012:client.EnqueueAsync(new Invoice(1))|}; task = null!;")]
    [InlineData("client?{|ASQ3012:.EnqueueAsync(new Invoice(1))|};")]
    [InlineData("Task? task; task = {|ASQ3012:client.EnqueueAsync(new Invoice(1))|};")]
    [InlineData("Action later = () => {|ASQ3012:client.EnqueueAsync(new Invoice(1))|};")]
    [InlineData("ids.ForEach(id => {|ASQ3012:client.EnqueueAsync(new Invoice(id))|});")]
    public Task Reports_a_call_that_is_dropped(string statement) => Rule<EnqueueObservedAnalyzer>.CheckAsync(Body(statement));

    [Theory]
    [InlineData("await client.EnqueueAsync(new Invoice(1));")]
    [InlineData("await client.EnqueueAsync(new Invoice(1)).ConfigureAwait(false);")]
    [InlineData("_ = client.EnqueueAsync(new Invoice(1));")]
    [InlineData("var task = client.EnqueueAsync(new Invoice(1)); await task;")]
    [InlineData("await Task.WhenAll(ids.Select(id => client.EnqueueAsync(new Invoice(id))));")]
    [InlineData("Func<Task> later = () => client.EnqueueAsync(new Invoice(1)); await later();")]
    [InlineData("client.EnqueueAsync(new Invoice(1)).GetAwaiter().GetResult();")]
    [InlineData("await client.EnqueueAsync(new Invoice(1)).ContinueWith(done => done.Result, TaskScheduler.Default);")]
    [InlineData("client.EnqueueAsync(new Invoice(1)).ContinueWith(done => Console.WriteLine(done.Exception), TaskScheduler.Default);")]
    [InlineData("Task Later() { return client.EnqueueAsync(new Invoice(1)); } await Later();")]
    [InlineData("Task? task; task = client.EnqueueAsync(new Invoice(1)); await task;")]
    [InlineData("var tasks = new List<Task> { client.EnqueueAsync(new Invoice(1)) }; await Task.WhenAll(tasks);")]
    [InlineData("client.PingAsync();")]
    public Task Is_silent_where_somebody_looks(string statement) => Rule<EnqueueObservedAnalyzer>.CheckAsync(Body(statement));

    private static string Body(string statement) =>
        $$"""
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        public static class Shop
        {
            public static async Task RunAsync(AsynqClient client, List<long> ids)
            {
                await Task.Yield();
                {{statement}}
            }
        }
        """;
}
