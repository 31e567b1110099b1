using Asynq.Typed.Analyzers.Options;
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

    [Theory]
    [InlineData("MaxRetry = {|ASQ1008:-1|}")]
    [InlineData("Timeout = {|ASQ1008:TimeSpan.FromSeconds(-1)|}")]
    [InlineData("Retention = {|ASQ1008:-TimeSpan.FromHours(1)|}")]
    public Task Reports_enqueue_options_below_zero(string option) => Rule<OptionValueAnalyzer>.CheckAsync(
        $$"""
        public static class Shop
        {
            public static EnqueueOptions Make() => new() { {{option}} };
        }
        """);

    [Theory]
    [InlineData("MaxRetry = 0")]
    [InlineData("MaxRetry = null")]
    [InlineData("Timeout = TimeSpan.Zero")]
    [InlineData("Retention = null")]
    [InlineData("ProcessIn = TimeSpan.FromSeconds(-1)")]
    public Task Is_silent_on_enqueue_options_that_are_allowed(string option) => Rule<OptionValueAnalyzer>.CheckAsync(
        $$"""
        public static class Shop
        {
            public static EnqueueOptions Make() => new() { {{option}} };
        }
        """);

    [Fact]
    public Task Is_silent_at_zero_and_above() => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask("invoice", MaxRetry = 0, TimeoutSeconds = 0, RetentionSeconds = 1, UniqueForSeconds = int.MaxValue)]
        public sealed partial record Invoice(long Id);
        """);
}
