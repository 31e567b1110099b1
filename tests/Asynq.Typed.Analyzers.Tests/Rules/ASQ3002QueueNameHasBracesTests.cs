using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3002QueueNameHasBracesTests
{
    [Fact]
    public Task Says_whose_queue_and_what_to_do() => Rule<TaskDeclarationAnalyzer>.SaysAsync(
        "ASQ3002",
        "The queue name \"{mail}\" of 'Invoice' contains a brace: braces delimit the queue's hash tag in Redis, leave them out",
        """
        [AsynqTask("invoice", Queue = {|#0:"{mail}"|})]
        public sealed partial record Invoice(long Id);
        """);

    [Theory]
    [InlineData("mail{")]
    [InlineData("}mail")]
    public Task Reports_either_brace_in_an_attribute(string name) => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        $$"""
        [AsynqTask("invoice", Queue = {|ASQ3002:"{{name}}"|})]
        public sealed partial record Invoice(long Id);
        """);

    [Fact]
    public Task Reports_options_a_servers_queues_and_arguments() => Rule<QueueNameAnalyzer>.CheckAsync(
        """
        public static class Shop
        {
            private static readonly string Mail = "{" + "mail";

            public static void Run(AsynqBuilder builder, AsynqInspector inspector)
            {
                var options = new EnqueueOptions { Queue = {|ASQ3002:Mail|} };
                builder.AddServer(server => server.Queues = new() { [{|ASQ3002:"mail}"|}] = 1 });
                var task = inspector.GetTaskAsync({|ASQ3002:"{}"|}, "id");
                builder.UseSemaphore("api", limit => limit.Queues = ["mail", {|ASQ3002:"a{b"|}]);
            }
        }
        """);

    [Fact]
    public Task Is_silent_on_other_brackets() => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice", Queue = "mail(1)[2]<3>")]
        public sealed partial record Invoice(long Id);
        """);
}
