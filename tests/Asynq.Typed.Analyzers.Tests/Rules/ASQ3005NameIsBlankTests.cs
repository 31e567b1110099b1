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

    [Theory]
    [InlineData("TaskId = null")]
    [InlineData("Group = given")]
    [InlineData("TaskId = \"42\", Group = \"g\"")]
    public Task Is_silent_on_none_and_on_names(string option) => Rule<OptionValueAnalyzer>.CheckAsync(Options(option));

    private static string Options(string option) =>
        $$"""
        public static class Shop
        {
            public static EnqueueOptions Make(string? given) => new() { {{option}} };
        }
        """;
}
