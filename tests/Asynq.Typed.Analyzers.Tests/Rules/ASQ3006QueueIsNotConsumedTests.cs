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
    [InlineData("""client.EnqueueAsync(new Invoice(1), given with { Queue = {|ASQ3006:"mail"|} })""")]
    [InlineData("""client.EnqueueAsync(new Invoice(1), flag ? new() { Queue = {|ASQ3006:"mail"|} } : given)""")]
    [InlineData("""client.EnqueueAsync(new Invoice(1), new() { Queue = flag ? {|ASQ3006:"mail"|} : "default" })""")]
    [InlineData("""client.EnqueueAsync(new Invoice(1), {|ASQ3006:Held|})""")]
    [InlineData("""{|ASQ3006:client.EnqueueManyAsync(new[] { new Urgent(1) })|}""")]
    [InlineData("""{|ASQ3006:TaskRequest.Create(new Urgent(1))|}""")]
    [InlineData("""PeriodicTask.Create("@daily", new Invoice(1), new() { Queue = {|ASQ3006:"mail"|} })""")]
    [InlineData("""{|ASQ3006:PeriodicTask.Create("@daily", new Urgent(1))|}""")]
    [InlineData("""{|ASQ3006:added.AddPeriodicTask("@daily", new Urgent(1))|}""")]
    [InlineData("""{|ASQ3006:scheduler.Register("@daily", new Urgent(1))|}""")]
    public Task Reports_a_queue_of_the_options_or_of_the_type(string enqueue) =>
        Rule<EnqueueQueueAnalyzer>.CheckAsync(Shop(Constant, enqueue));

    [Fact]
    public Task Reports_options_that_are_held_in_a_local() => Rule<EnqueueQueueAnalyzer>.CheckAsync(
        Shop(Constant, """Enqueue(); object Enqueue() { var options = new EnqueueOptions { Queue = "mail" }; return client.EnqueueAsync(new Invoice(1), {|ASQ3006:options|}); }"""));

    [Fact]
    public Task Reports_a_task_that_its_attribute_enqueues() => Rule<EnqueueQueueAnalyzer>.CheckAsync(
        Shop(Constant, "null!") + """

        [AsynqTask("report", Queue = "reports"), {|ASQ3006:PeriodicTask("@daily")|}]
        public sealed partial record Report;

        [AsynqTask("summary"), PeriodicTask("@daily")]
        public sealed partial record Summary;
        """);

    [Theory]
    [InlineData("""server.Queues = new() { ["default"] = 1 }; server.Queues["critical"] = 1;""")]
    [InlineData("""server.Queues["critical"] = 1; server.Queues = new(StringComparer.Ordinal) { ["default"] = 1 };""")]
    [InlineData("""server.Queues = flag ? new() { ["default"] = 1 } : new() { ["critical"] = 1 };""")]
    [InlineData("""server.Queues = new() { ["default"] = 1 }; if (flag) { server.Queues = new() { ["critical"] = 1 }; }""")]
    public Task Is_silent_on_every_queue_that_may_be_consumed(string server) =>
        Rule<EnqueueQueueAnalyzer>.CheckAsync(Shop(server, "client.EnqueueAsync(new Urgent(1))"));

    [Theory]
    [InlineData("""server.Queues = new() { ["default"] = 1 }; server.Queues["low"] = 1;""")]
    [InlineData("""server.Queues = new(StringComparer.Ordinal) { ["default"] = 1 }; server.Concurrency = 2;""")]
    [InlineData("""server.Queues = flag ? new() { ["default"] = 1 } : new() { ["low"] = 1 };""")]
    [InlineData("""server.Queues = new() { ["default"] = 1 }; if (flag) { server.Queues.Add("low", 1); }""")]
    public Task Reports_where_all_that_may_be_consumed_is_known(string server) =>
        Rule<EnqueueQueueAnalyzer>.CheckAsync(Shop(server, "{|ASQ3006:client.EnqueueAsync(new Urgent(1))|}"));

    [Theory]
    [InlineData("""server.Queues = Load(); server.Queues["default"] = 1;""")]
    [InlineData("""server.Queues = new(Load()) { ["default"] = 1 };""")]
    [InlineData("""if (flag) { server.Queues = new() { ["default"] = 1 }; }""")]
    [InlineData("""if (flag) { return; } server.Queues = new() { ["default"] = 1 };""")]
    [InlineData("""server.Queues = flag ? new() { ["default"] = 1 } : Load();""")]
    [InlineData("""var queues = new Dictionary<string, int> { ["default"] = 1 }; foreach (var queue in Load()) { queues.Add(queue.Key, 1); } server.Queues = queues;""")]
    [InlineData("""server.Queues = Kept;""")]
    [InlineData("""server.Queues = new() { ["default"] = 1 }; AddMore(server);""")]
    [InlineData("""server.Queues = new() { ["default"] = 1 }; AddTo(server.Queues);""")]
    [InlineData("""server.Queues = new() { ["default"] = 1 }; var same = server; same.Queues["critical"] = 1;""")]
    [InlineData("""server.Queues = new() { ["default"] = 1 }; server.Queues.Remove("default");""")]
    [InlineData("""(server.Queues, server.Concurrency) = (Load(), 1);""")]
    public Task Is_silent_where_the_queues_cannot_be_told(string server) =>
        Rule<EnqueueQueueAnalyzer>.CheckAsync(Shop(server, "client.EnqueueAsync(new Urgent(1))"));

    [Theory]
    [InlineData("builder.AddServer(configure);")]
    [InlineData("builder.AddServer(Configure);")]
    [InlineData("builder.AddServer();")]
    [InlineData("Later(other => other.Queues[\"critical\"] = 1);")]
    [InlineData("new AsynqServerOptions().Queues.Add(\"critical\", 1);")]
    [InlineData("AddTo(new AsynqServerOptions().Queues);")]
    public Task Is_silent_where_something_else_sets_queues_too(string statement) => Rule<EnqueueQueueAnalyzer>.CheckAsync(
        Shop(Constant, "client.EnqueueAsync(new Urgent(1))", statement));

    [Fact]
    public Task Reports_where_queues_are_read_elsewhere() => Rule<EnqueueQueueAnalyzer>.CheckAsync(Shop(
        Constant,
        "{|ASQ3006:client.EnqueueAsync(new Urgent(1))|}",
        "var read = new AsynqServerOptions(); Console.WriteLine(read.Queues.Count + read.Queues[\"default\"]); foreach (var queue in read.Queues) { }"));

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

    private static string Shop(string server, string enqueue, string elsewhere = "") =>
        $$"""
        [AsynqTask("invoice")]
        public sealed partial record Invoice(long Id);

        [AsynqTask("urgent", Queue = "critical")]
        public sealed partial record Urgent(long Id);

        public static class Program
        {
            private static readonly EnqueueOptions Held = new() { Queue = "mail" };

            private static readonly Dictionary<string, int> Kept = new() { ["default"] = 1 };

            public static void Add(AsynqBuilder builder, string name, bool flag) => builder.AddServer(server =>
            {
                {{server}}
            });

            public static void AddOther(AsynqBuilder builder, Action<AsynqServerOptions> configure)
            {
                {{elsewhere}}
            }

            public static object Run(
                AsynqClient client, AsynqBuilder added, AsynqScheduler scheduler, EnqueueOptions given, string name, bool flag)
            {
                return {{enqueue}};
            }

            private static Dictionary<string, int> Load() => [];

            private static void Later(Action<AsynqServerOptions> configure)
            {
            }

            private static void AddMore(AsynqServerOptions server)
            {
            }

            private static void AddTo(Dictionary<string, int> queues)
            {
            }

            private static void Configure(AsynqServerOptions server)
            {
            }
        }
        """;
}
