using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3011StrictWeightsAreEqualTests
{
    [Fact]
    public Task Says_which_queues() => Rule<OptionConflictAnalyzer>.SaysAsync(
        "ASQ3011",
        "Queues 'a' and 'b' have the same weight, so strict priority does not say which goes first: give each a weight of its own",
        Server("server.StrictPriority = true; server.Queues = new() { [\"a\"] = 2, [\"b\"] = {|#0:2|} };"));

    [Theory]
    [InlineData("server.Queues = new() { [\"a\"] = 2, [\"c\"] = 3, [\"b\"] = {|ASQ3011:2|} }; server.StrictPriority = true;")]
    [InlineData("server.StrictPriority = true; server.Queues[\"a\"] = 1; server.Queues[\"b\"] = {|ASQ3011:1|};")]
    [InlineData("server.StrictPriority = true; server.Queues = new() { [\"a\"] = 1 }; server.Queues.Add(\"b\", {|ASQ3011:1|});")]
    [InlineData("server.StrictPriority = true; server.Queues = given > 1 ? new() { [\"a\"] = 1 } : new() { [\"b\"] = 2, [\"c\"] = {|ASQ3011:2|} };")]
    [InlineData("var other = new AsynqServerOptions { StrictPriority = true, Queues = { [\"a\"] = 1, [\"b\"] = {|ASQ3011:1|} } };")]
    public Task Reports_every_form(string statements) => Rule<OptionConflictAnalyzer>.CheckAsync(Server(statements));

    [Theory]
    [InlineData("server.StrictPriority = false; server.Queues = new() { [\"a\"] = 2, [\"b\"] = 2 };")]
    [InlineData("server.Queues = new() { [\"a\"] = 2, [\"b\"] = 2 };")]
    [InlineData("server.StrictPriority = true; server.Queues = new() { [\"a\"] = 2, [\"b\"] = 1 };")]
    [InlineData("server.StrictPriority = true; server.Queues = new() { [\"a\"] = 0, [\"b\"] = 0 };")]
    [InlineData("server.StrictPriority = true; second.Queues = new() { [\"a\"] = 1, [\"b\"] = 1 };")]
    [InlineData("server.StrictPriority = true; server.Queues[\"a\"] = 1; second.Queues[\"b\"] = 1;")]
    [InlineData("server.StrictPriority = true; server.Queues[\"a\"] = 1; second.Queues.Add(\"b\", 1);")]
    [InlineData("second.StrictPriority = true; server.Queues[\"a\"] = 1; server.Queues[\"b\"] = 1;")]
    [InlineData("server.StrictPriority = true; server.Queues[\"a\"] = 1; server.Queues[\"b\"] = 1; server.Queues[\"b\"] = 2;")]
    [InlineData("server.StrictPriority = true; server.Queues[\"a\"] = 1; server.Queues = new() { [\"b\"] = 1 };")]
    [InlineData("server.StrictPriority = true; server.Queues = given > 1 ? new() { [\"a\"] = 1 } : new() { [\"b\"] = 1 };")]
    [InlineData("server.StrictPriority = true; server.Queues = new() { [\"a\"] = given, [\"b\"] = given };")]
    public Task Is_silent_where_the_order_is_clear_or_unknown(string statements) =>
        Rule<OptionConflictAnalyzer>.CheckAsync(Server(statements));

    private static string Server(string statements) =>
        $$"""
        public static class Shop
        {
            public static void Run(AsynqBuilder builder, AsynqServerOptions second, int given) =>
                builder.AddServer(server =>
                {
                    {{statements}}
                });
        }
        """;
}
