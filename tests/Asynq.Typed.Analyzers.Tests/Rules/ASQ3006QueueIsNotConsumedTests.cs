using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3006QueueIsNotConsumedTests
{
    private const string Constant = """server.Queues = new() { ["default"] = 1, ["low"] = 0 };""";

    [Fact]
    public Task Says_which_task_goes_to_which_queue() => Rule<EnqueueQueueAnalyzer>.SaysAsync(
        "ASQ3006",
        "Task 'Invoice' goes to queue 'mail', which no server of this application consumes: add the queue to 'Queues', or say [assembly: HandledElsewhere(typeof(Invoice))]",
        Shop(Constant, """client.EnqueueAsync(new Invoice(1), new() { Queue = {|#0:"mail"|} })"""));

    [Theory]
    [InlineData("""{|ASQ3006:client.EnqueueAsync(new Urgent(1))|}""")]
    [InlineData("""{|ASQ3006:client.TryEnqueueAsync(new Urgent(1), new() { MaxRetry = 1 })|}""")]
    [InlineData("""client.EnqueueAsync(new Urgent(1), new() { Queue = {|ASQ3006:"low"|} })""")]
    [InlineData("""client.EnqueueAsync(options: new() { Queue = {|ASQ3006:"Default"|} }, task: new Invoice(1))""")]
    public Task Reports_a_queue_of_the_options_or_of_the_type(string enqueue) =>
        Rule<EnqueueQueueAnalyzer>.CheckAsync(Shop(Constant, enqueue));

    [Theory]
    [InlineData(Constant, "client.EnqueueAsync(new Invoice(1))")]
    [InlineData(Constant, """client.EnqueueAsync(new Urgent(1), new() { Queue = "default" })""")]
    [InlineData(Constant, "client.EnqueueAsync(new Urgent(1), given)")]
    [InlineData(Constant, "client.EnqueueAsync(new Urgent(1), new() { Queue = name })")]
    [InlineData("""server.Queues = new() { ["default"] = 1, [name] = 1 };""", "client.EnqueueAsync(new Urgent(1))")]
    [InlineData("""server.Queues["default"] = 1;""", "client.EnqueueAsync(new Urgent(1))")]
    [InlineData("server.Concurrency = 1;", "client.EnqueueAsync(new Urgent(1))")]
    public Task Is_silent_where_it_is_consumed_or_cannot_be_told(string server, string enqueue) =>
        Rule<EnqueueQueueAnalyzer>.CheckAsync(Shop(server, enqueue));

    [Fact]
    public Task Is_silent_where_the_task_is_handled_elsewhere() => Rule<EnqueueQueueAnalyzer>.CheckAsync(
        "[assembly: HandledElsewhere(typeof(Urgent))]\n" + Shop(Constant, "client.EnqueueAsync(new Urgent(1))"));

    [Fact]
    public Task Is_silent_where_there_is_no_server() => Rule<EnqueueQueueAnalyzer>.CheckAsync(
        """
        [AsynqTask("urgent", Queue = "critical")]
        public sealed partial record Urgent(long Id);

        public static class Program
        {
            public static Task RunAsync(AsynqClient client) => client.EnqueueAsync(new Urgent(1));
        }
        """);

    private static string Shop(string server, string enqueue) =>
        $$"""
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        [AsynqTask("urgent", Queue = "critical")]
        public sealed partial record Urgent(long Id);

        public static class Program
        {
            public static void Add(AsynqBuilder builder, string name) => builder.AddServer(server =>
            {
                {{server}}
            });

            public static Task RunAsync(AsynqClient client, EnqueueOptions given, string name) => {{enqueue}};
        }
        """;
}
