using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3001QueueNameIsBlankTests
{
    [Fact]
    public Task Says_whose_queue_and_what_to_do() => Rule<TaskDeclarationAnalyzer>.SaysAsync(
        "ASQ3001",
        "The queue name of 'Invoice' is blank: give it at least one visible character",
        """
        [AsynqTask("invoice", Queue = {|#0:""|})]
        public sealed partial record Invoice(long Id);
        """);

    [Theory]
    [InlineData("\" \"")]
    [InlineData("null!")]
    [InlineData("Names.Blank")]
    public Task Reports_every_blank_constant_of_an_attribute(string name) => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        $$"""
        [AsynqTask("invoice", Queue = {|ASQ3001:{{name}}|})]
        public sealed partial record Invoice(long Id);

        public static class Names
        {
            public const string Blank = "";
        }
        """);

    [Fact]
    public Task Says_which_option_or_method() => Rule<QueueNameAnalyzer>.SaysAsync(
        "ASQ3001",
        "The queue name of 'EnqueueOptions.Queue' is blank: give it at least one visible character",
        Statement("""var options = new EnqueueOptions { Queue = {|#0:" "|} };"""));

    [Theory]
    [InlineData("""var options = new EnqueueOptions { Queue = {|ASQ3001:""|} };""")]
    [InlineData("""var options = new EnqueueOptions { Queue = {|ASQ3001:string.Empty|} };""")]
    [InlineData("""var options = new EnqueueOptions() with { Queue = {|ASQ3001:""|} };""")]
    [InlineData("""const string name = " "; var options = new EnqueueOptions { Queue = {|ASQ3001:name|} };""")]
    [InlineData("""var name = ""; var options = new EnqueueOptions { Queue = {|ASQ3001:name|} };""")]
    [InlineData("""var options = new EnqueueOptions { Queue = flag ? {|ASQ3001:""|} : "mail" };""")]
    [InlineData("""var options = new EnqueueOptions { Queue = given ?? {|ASQ3001:""|} };""")]
    [InlineData("""var options = new EnqueueOptions { Queue = given switch { "a" => "mail", _ => {|ASQ3001:Names.Blank|} } };""")]
    [InlineData("""builder.AddServer(server => server.Queues = new() { [{|ASQ3001:""|}] = 1, ["mail"] = 2 });""")]
    [InlineData("""builder.AddServer(server => server.Queues = new() { { {|ASQ3001:""|}, 1 } });""")]
    [InlineData("""builder.AddServer(server => server.Queues[{|ASQ3001:""|}] = 1);""")]
    [InlineData("""builder.AddServer(server => { server.Queues.Add({|ASQ3001:" "|}, 1); });""")]
    [InlineData("""var server = new AsynqServerOptions { Queues = { [{|ASQ3001:""|}] = 1 } };""")]
    [InlineData("""var server = new AsynqServerOptions { Queues = Names.Queues };""", "{|ASQ3001:\"\"|}")]
    [InlineData("""builder.AddServer(server => server.Queues = flag ? new() { [{|ASQ3001:""|}] = 1 } : new() { ["mail"] = 1 });""")]
    [InlineData("""builder.AddServer(server => server.Queues = filled ?? new() { [{|ASQ3001:""|}] = 1 });""")]
    [InlineData("""builder.AddServer(server => server.Queues = flag switch { true => filled!, _ => Names.Queues });""", "{|ASQ3001:\"\"|}")]
    [InlineData("""var queues = new Dictionary<string, int>(); queues[{|ASQ3001:""|}] = 1; builder.AddServer(server => server.Queues = queues);""")]
    [InlineData("""var queues = new Dictionary<string, int> { { {|ASQ3001:""|}, 1 } }; queues.Add({|ASQ3001:" "|}, 1); var server = new AsynqServerOptions { Queues = queues };""")]
    [InlineData("""var server = new AsynqServerOptions(); (server.Queues, flag) = (new() { [{|ASQ3001:""|}] = 1 }, true);""")]
    [InlineData("""builder.UseSemaphore("api", limit => limit.Queues.Add({|ASQ3001:""|}));""")]
    [InlineData("""builder.UseSemaphore("api", limit => limit.Queues = [{|ASQ3001:""|}, "mail"]);""")]
    [InlineData("""builder.UseSemaphore("api", limit => limit.Queues = new(StringComparer.Ordinal) { {|ASQ3001:" "|} });""")]
    [InlineData("""var limit = new TaskSemaphoreOptions { Queues = { {|ASQ3001:""|}, "mail" } };""")]
    [InlineData("""HashSet<string> names = ["mail"]; names.Add({|ASQ3001:""|}); var limit = new TaskSemaphoreOptions { Queues = names };""")]
    [InlineData("""var task = inspector.GetTaskAsync({|ASQ3001:""|}, "id");""")]
    [InlineData("""var task = inspector.GetTaskAsync(taskId: "id", queue: {|ASQ3001:" "|});""")]
    public Task Reports_every_way_to_an_option_or_argument(string statement, string key = "\"mail\"") =>
        Rule<QueueNameAnalyzer>.CheckAsync(Statement(statement, key));

    [Theory]
    [InlineData("""var options = new EnqueueOptions { Queue = null };""")]
    [InlineData("""var options = new EnqueueOptions { Queue = given };""")]
    [InlineData("""var name = ""; name = given; var options = new EnqueueOptions { Queue = name };""")]
    [InlineData("""var options = new EnqueueOptions { Group = "" };""")]
    [InlineData("""var plain = new Dictionary<string, int> { [""] = 1 };""")]
    [InlineData("""builder.AddServer(server => server.Queues = new() { ["mail"] = 1 });""")]
    [InlineData("""var task = inspector.GetTaskAsync("mail", "");""")]
    [InlineData("""Own(queue: "");""")]
    [InlineData("""var queues = new Dictionary<string, int> { [""] = 1 }; queues.Remove(""); builder.AddServer(server => server.Queues = queues);""")]
    [InlineData("""var queues = new Dictionary<string, int>(); if (flag) { queues[""] = 1; } else { builder.AddServer(server => server.Queues = queues); }""")]
    [InlineData("""var queues = new Dictionary<string, int>(); queues = filled!; queues[""] = 1; builder.AddServer(server => server.Queues = queues);""")]
    [InlineData("""HashSet<string> names = [""]; names.Contains("mail");""")]
    [InlineData("""builder.UseSemaphore("api", limit => limit.TaskTypes.Add(""));""")]
    [InlineData("""builder.UseSemaphore("api", limit => limit.Queues.Remove(""));""")]
    [InlineData("""builder.UseSemaphore("api", limit => limit.Queues = [.. Names.Queues.Keys]);""")]
    [InlineData("""var group = new GroupContext("g", queue: "", []);""")]
    [InlineData("""var digest = transform.DigestUniqueKey(default, queue: "", type: "t");""")]
    public Task Is_silent_on_what_is_no_blank_queue(string statement) => Rule<QueueNameAnalyzer>.CheckAsync(Statement(statement));

    [Fact]
    public Task Says_which_semaphore() => Rule<QueueNameAnalyzer>.SaysAsync(
        "ASQ3001",
        "The queue name of 'TaskSemaphoreOptions.Queues' is blank: give it at least one visible character",
        Statement("""builder.UseSemaphore("api", limit => limit.Queues.Add({|#0:""|}));"""));

    [Fact]
    public Task Is_silent_on_a_name() => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice", Queue = "a b")]
        public sealed partial record Invoice(long Id);
        """);

    private static string Statement(string statement, string key = "\"mail\"") =>
        $$"""
        public static class Shop
        {
            public static void Run(AsynqBuilder builder, AsynqInspector inspector, bool flag, string? given, Dictionary<string, int>? filled, PayloadTransform transform)
            {
                {{statement}}
            }

            private static void Own(string queue)
            {
            }
        }

        public static class Names
        {
            public const string Blank = " ";

            public static readonly Dictionary<string, int> Queues = new() { [{{key}}] = 1 };
        }
        """;
}
