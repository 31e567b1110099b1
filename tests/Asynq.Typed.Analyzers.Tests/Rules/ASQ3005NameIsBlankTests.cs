using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3005NameIsBlankTests
{
    [Fact]
    public Task Says_which_option() => Rule<OptionValueAnalyzer>.SaysAsync(
        "ASQ3005",
        "'TaskId' of 'EnqueueOptions' is blank: give it a visible character, or leave it out",
        Options("TaskId = {|#0:\"\"|}"));

    [Theory]
    [InlineData("TaskId = {|ASQ3005:\" \"|}")]
    [InlineData("Group = {|ASQ3005:string.Empty|}")]
    [InlineData("Group = given ?? {|ASQ3005:\"\"|}")]
    public Task Reports_a_blank_id_or_group(string option) => Rule<OptionValueAnalyzer>.CheckAsync(Options(option));

    [Fact]
    public Task Says_which_argument() => Rule<OptionValueAnalyzer>.SaysAsync(
        "ASQ3005",
        "'taskId' of 'RunTaskAsync' is blank: give it a visible character",
        Inspect("inspector.RunTaskAsync(\"mail\", {|#0:\"\"|})"));

    [Theory]
    [InlineData("inspector.GetTaskAsync(\"mail\", {|ASQ3005:\" \"|})")]
    [InlineData("inspector.GetTaskAsync(taskId: {|ASQ3005:string.Empty|}, queue: \"mail\")")]
    [InlineData("inspector.PublishCancellationAsync(given ?? {|ASQ3005:\"\"|})")]
    [InlineData("inspector.CancelTaskAsync(\"mail\", {|ASQ3005:\"\"|})")]
    [InlineData("inspector.ListGroupTasksAsync(\"mail\", {|ASQ3005:\"\"|})")]
    [InlineData("inspector.DeleteAllTasksAsync(\"mail\", TaskState.Aggregating, {|ASQ3005:\" \"|})")]
    public Task Reports_a_blank_argument_of_the_inspector(string call) => Rule<OptionValueAnalyzer>.CheckAsync(Inspect(call));

    [Theory]
    [InlineData("inspector.GetTaskAsync(\"mail\", given!)")]
    [InlineData("inspector.DeleteAllTasksAsync(\"mail\", TaskState.Archived, null)")]
    [InlineData("inspector.DeleteAllTasksAsync(\"mail\", TaskState.Archived)")]
    [InlineData("new UnreadableTaskException(taskId: \"\", \"type\", new PayloadException(\"reason\"))")]
    [InlineData("Own(taskId: \"\", group: \"\")")]
    public Task Is_silent_on_arguments_that_are_not_refused(string call) => Rule<OptionValueAnalyzer>.CheckAsync(Inspect(call));

    [Theory]
    [InlineData("TaskId = null")]
    [InlineData("Group = given")]
    [InlineData("TaskId = \"42\", Group = \"g\"")]
    public Task Is_silent_on_none_and_on_names(string option) => Rule<OptionValueAnalyzer>.CheckAsync(Options(option));

    private static string Inspect(string call) =>
        $$"""
        public static class Shop
        {
            public static object Run(AsynqInspector inspector, string? given) => {{call}};

            private static string Own(string taskId, string group) => taskId + group;
        }
        """;

    private static string Options(string option) =>
        $$"""
        public static class Shop
        {
            public static EnqueueOptions Make(string? given) => new() { {{option}} };
        }
        """;
}
