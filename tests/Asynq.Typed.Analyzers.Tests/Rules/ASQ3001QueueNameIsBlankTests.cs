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
    public Task Is_silent_on_a_name() => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice", Queue = "a b")]
        public sealed partial record Invoice(long Id);
        """);
}
