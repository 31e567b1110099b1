using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3013SettingIsReplacedTests
{
    [Fact]
    public Task Says_which_queue() => Rule<ReplacedSettingAnalyzer>.SaysAsync(
        "ASQ3013",
        "Queue 'a' is given twice: the last one wins in silence, leave one of them out",
        Statement("""server.Queues = new() { ["a"] = 1, [{|#0:"a"|}] = 2 };"""));

    [Fact]
    public Task Says_which_calls() => Rule<ReplacedSettingAnalyzer>.SaysAsync(
        "ASQ3013",
        "'AddAsynq' is called before 'UseRedis': the last one wins in silence, leave one of them out",
        Statement("""{|#0:services.AddAsynq("a").AddServer().UseRedis("b")|};"""));

    [Theory]
    [InlineData("""server.Queues = new() { ["a"] = 1, [{|ASQ3013:"a"|}] = 2 };""")]
    [InlineData("""server.Queues = flag ? new() { ["a"] = 1, [{|ASQ3013:"a"|}] = 2 } : new() { ["a"] = 1 };""")]
    [InlineData("""server.Queues["a"] = 1; server.Queues[{|ASQ3013:"a"|}] = 2;""")]
    [InlineData("""server.Queues["a"] = 1; server.Concurrency = 2; server.Queues["b"] = 1; server.Queues[{|ASQ3013:"a"|}] = 2;""")]
    [InlineData("""server.Queues = new() { ["a"] = 1 }; server.Queues[{|ASQ3013:"a"|}] = 2;""")]
    [InlineData("""server.Queues.Add("a", 1); server.Queues[{|ASQ3013:"a"|}] = 2;""")]
    [InlineData("""builder.AddServer(options => { options.Queues["a"] = 1; options.Queues[{|ASQ3013:"a"|}] = 2; });""")]
    public Task Reports_a_queue_that_is_given_twice(string statement) =>
        Rule<ReplacedSettingAnalyzer>.CheckAsync(Statement(statement));

    [Theory]
    [InlineData("""{|ASQ3013:builder.UseRedis("a").AddServer().UseRedis("b")|};""")]
    [InlineData("""{|ASQ3013:services.AddAsynq("a").UseRedis("b")|};""")]
    [InlineData("""{|ASQ3013:services.AddAsynq(connection).AddServer().UseRedis("b")|};""")]
    [InlineData("""{|ASQ3013:services.AddAsynq("a").UseEmbedded()|};""")]
    [InlineData("""{|ASQ3013:builder.WaitForReplicas(1).AddServer().WaitForReplicas(2)|};""")]
    public Task Reports_calls_of_which_the_last_one_counts(string statement) =>
        Rule<ReplacedSettingAnalyzer>.CheckAsync(Statement(statement));

    [Theory]
    [InlineData("""server.Queues = new() { ["a"] = 1, ["A"] = 2 };""")]
    [InlineData("""server.Queues = flag ? new() { ["a"] = 1 } : new() { ["a"] = 2 };""")]
    [InlineData("""var other = new Dictionary<string, int> { ["a"] = 1, ["a"] = 2 };""")]
    [InlineData("""server.Queues["a"] = 1; second.Queues["a"] = 2;""")]
    [InlineData("""server.Queues["a"] = 1; if (flag) { server.Queues["a"] = 2; }""")]
    [InlineData("""if (flag) { server.Queues["a"] = 1; } server.Queues["a"] = 2;""")]
    [InlineData("""server.Queues["a"] = 1; server.Queues["a"] = server.Queues["a"] + 1;""")]
    [InlineData("""server.Queues["a"] = 1; Console.WriteLine(server.Queues["a"]); server.Queues["a"] = 2;""")]
    [InlineData("""server.Queues["a"] = 1; server.Concurrency = server.Queues["a"]; server.Queues["a"] = 2;""")]
    [InlineData("""server.Queues["a"] = 1; server.Queues = new() { ["a"] = 2 };""")]
    [InlineData("""server.Queues[name] = 1; server.Queues["a"] = 2;""")]
    [InlineData("""server.Queues["a"] = 1; server.Queues.TryAdd("a", 2);""")]
    [InlineData("""builder.UseRedis("a"); builder.AddServer();""")]
    [InlineData("""services.AddAsynq().UseRedis("a");""")]
    [InlineData("""services.AddAsynq("a").AddServer();""")]
    [InlineData("""services.AddAsynq("a").WaitForReplicas(1);""")]
    [InlineData("""client.WaitForReplicas(1).WaitForReplicas(2);""")]
    public Task Is_silent_where_both_count_or_only_one_is_there(string statement) =>
        Rule<ReplacedSettingAnalyzer>.CheckAsync(Statement(statement));

    private static string Statement(string statement) =>
        $$"""
        public static class Shop
        {
            public static void Run(
                Microsoft.Extensions.DependencyInjection.IServiceCollection services,
                StackExchange.Redis.IConnectionMultiplexer connection,
                AsynqBuilder builder,
                AsynqClient client,
                AsynqServerOptions server,
                AsynqServerOptions second,
                string name,
                bool flag)
            {
                {{statement}}
            }

            /// <summary>As the assembly of the embedded server has it.</summary>
            public static AsynqBuilder UseEmbedded(this AsynqBuilder builder) => builder;
        }
        """;
}
