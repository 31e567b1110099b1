using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3007OptionsContradictTests
{
    [Fact]
    public Task Says_which_options_and_why() => Rule<OptionConflictAnalyzer>.SaysAsync(
        "ASQ3007",
        "'ProcessIn' and 'ProcessAt' are both given: a task has one due time, leave one of them out",
        Statement("var options = new EnqueueOptions { ProcessIn = TimeSpan.Zero, {|#0:ProcessAt = at|} };"));

    [Theory]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, TaskId = \"a\", {|ASQ3007:ProcessIn = wait|} };")]
    [InlineData("var options = given with { ProcessAt = at, {|ASQ3007:ProcessIn = wait|} };")]
    [InlineData("var options = new EnqueueOptions { ProcessAt = day, {|ASQ3007:ProcessIn = new(0, 5, 0)|} };")]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at.AddDays(1), {|ASQ3007:ProcessIn = default(TimeSpan)|} };")]
    [InlineData("var options = new EnqueueOptions { ProcessAt = (flag ? at : at), {|ASQ3007:ProcessIn = waits ?? wait|} };")]
    public Task Reports_two_due_times(string statement) =>
        Rule<OptionConflictAnalyzer>.CheckAsync(Statement(statement));

    [Theory]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, ProcessIn = null };")]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, Deadline = at, Timeout = wait };")]
    [InlineData("var options = given with { ProcessAt = at };")]
    [InlineData("var options = new EnqueueOptions { ProcessIn = waits, ProcessAt = at };")]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, ProcessIn = flag ? wait : null };")]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, ProcessIn = default };")]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, ProcessIn = default(TimeSpan?) };")]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, ProcessIn = (TimeSpan?)null };")]
    [InlineData("var options = new EnqueueOptions { ProcessAt = at, ProcessIn = new Wait() };")]
    public Task Is_silent_where_one_of_them_may_be_left_out(string statement) => Rule<OptionConflictAnalyzer>.CheckAsync(Statement(statement));

    private static string Statement(string statement) =>
        $$"""
        public static class Shop
        {
            public static void Run(AsynqBuilder builder, EnqueueOptions given, DateTimeOffset at, TimeSpan wait, TimeSpan? waits, DateTime day, bool flag)
            {
                {{statement}}
            }
        }

        public sealed class Wait
        {
            public static implicit operator TimeSpan?(Wait wait) => null;
        }
        """;
}
