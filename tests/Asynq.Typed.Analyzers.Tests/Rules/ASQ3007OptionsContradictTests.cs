using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3007OptionsContradictTests
{
    [Fact]
    public Task Says_which_options_and_why() => Rule<OptionConflictAnalyzer>.SaysAsync(
        "ASQ3007",
        "Of two options one is lost, 'ProcessIn' and 'ProcessAt' are both given: a task has one due time, leave one of them out",
        Statement("var options = new EnqueueOptions { ProcessIn = TimeSpan.Zero, {|#0:ProcessAt = at|} };"));

    [Theory]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, TaskId = \"a\", {|ASQ3007:ProcessIn = wait|} };")]
    [InlineData("var options = given with { ProcessAt = at, {|ASQ3007:ProcessIn = wait|} };")]
    [InlineData("builder.AddServer(server => server.Queues = new() { [\"a\"] = 1, [{|ASQ3007:\"a\"|}] = 2 });")]
    [InlineData("{|ASQ3007:builder.UseRedis(\"a\").AddServer().UseRedis(\"b\")|};")]
    public Task Reports_what_one_of_would_be_lost(string statement) =>
        Rule<OptionConflictAnalyzer>.CheckAsync(Statement(statement));

    [Theory]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, ProcessIn = null };")]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, Deadline = at, Timeout = wait };")]
    [InlineData("var options = given with { ProcessAt = at };")]
    [InlineData("builder.AddServer(server => server.Queues = new() { [\"a\"] = 1, [\"A\"] = 2 });")]
    [InlineData("builder.UseRedis(\"a\"); builder.AddServer();")]
    [InlineData("var other = new Dictionary<string, int> { [\"a\"] = 1, [\"a\"] = 2 };")]
    public Task Is_silent_where_both_count(string statement) => Rule<OptionConflictAnalyzer>.CheckAsync(Statement(statement));

    private static string Statement(string statement) =>
        $$"""
        public static class Shop
        {
            public static void Run(AsynqBuilder builder, EnqueueOptions given, DateTimeOffset at, TimeSpan wait)
            {
                {{statement}}
            }
        }
        """;
}
