using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ1008TaskNumberIsOutOfRangeTests
{
    [Fact]
    public Task Says_which_number_of_which_task() => Rule<TaskDeclarationAnalyzer>.SaysAsync(
        "ASQ1008",
        "'MaxRetry' of 'Invoice' is -1: it must be 0 or more",
        """
        [AsynqTask("invoice", MaxRetry = {|#0:-1|})]
        public sealed partial record Invoice(long Id);
        """);

    [Theory]
    [InlineData("MaxRetry")]
    [InlineData("TimeoutSeconds")]
    [InlineData("RetentionSeconds")]
    [InlineData("UniqueForSeconds")]
    public Task Reports_each_number_below_zero(string member) => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        $$"""
        [AsynqTask("invoice", {{member}} = {|ASQ1008:Limits.Low|})]
        public sealed partial record Invoice(long Id);

        public static class Limits
        {
            public const int Low = -2;
        }
        """);

    [Fact]
    public Task Is_silent_at_zero_and_above() => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice", MaxRetry = 0, TimeoutSeconds = 0, RetentionSeconds = 1, UniqueForSeconds = int.MaxValue)]
        public sealed partial record Invoice(long Id);
        """);
}
