using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3004UniqueTimeIsTooShortTests
{
    [Fact]
    public Task Says_how_long_and_how_long_at_least() => Rule<OptionValueAnalyzer>.SaysAsync(
        "ASQ3004",
        "'UniqueFor' of 'EnqueueOptions' is 0.25 s: a task is unique for at least 1 second; leave it out for a task that is not unique",
        Options("{|#0:TimeSpan.FromMilliseconds(250)|}"));

    [Theory]
    [InlineData("TimeSpan.FromSeconds(0.5)")]
    [InlineData("TimeSpan.FromSeconds(-1)")]
    [InlineData("TimeSpan.FromTicks(1)")]
    [InlineData("TimeSpan.FromMicroseconds(999_999)")]
    [InlineData("TimeSpan.MinValue")]
    public Task Reports_less_than_a_second(string value) =>
        Rule<OptionValueAnalyzer>.CheckAsync(Options("{|ASQ3004:" + value + "|}"));

    [Theory]
    [InlineData("TimeSpan.Zero")]
    [InlineData("null")]
    [InlineData("default")]
    [InlineData("TimeSpan.FromSeconds(1)")]
    [InlineData("TimeSpan.FromMilliseconds(1000)")]
    [InlineData("TimeSpan.FromSeconds(given)")]
    public Task Is_silent_on_none_and_on_a_second_or_more(string value) =>
        Rule<OptionValueAnalyzer>.CheckAsync(Options(value));

    private static string Options(string value) =>
        $$"""
        public static class Shop
        {
            public static EnqueueOptions Make(int given) => new() { UniqueFor = {{value}} };
        }
        """;
}
