using System.Text.RegularExpressions;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using AnalyzerRules = Asynq.Typed.Rules;
using AnalyzerScheduling = Asynq.Typed.Scheduling;

namespace Asynq.Typed.Analyzers.Tests.Catalogue;

/// <summary>A limit is one constant, and the page that explains it quotes it.</summary>
public sealed partial class LimitTests
{
    [Fact]
    public void Page_of_the_grace_period_quotes_the_limit() => Assert.Contains(
        $"less than {AnalyzerRules.GroupLimits.MinGroupGracePeriodSeconds} second ", Page("ASQ3003"));

    [Fact]
    public void Page_of_the_uniqueness_time_quotes_the_limit() => Assert.Contains(
        $"at least {AnalyzerRules.TaskLimits.MinUniqueSeconds} second", Page("ASQ3004"));

    [Fact]
    public void Page_of_task_numbers_quotes_the_default_timeout() => Assert.Contains(
        $"means {AnalyzerRules.TaskLimits.DefaultTimeoutSeconds / 60} minutes", Page("ASQ1008"));

    [Fact]
    public void Page_of_the_environment_quotes_the_language() => Assert.Contains(
        $"needs C# {(int)Asynq.Typed.Generators.Parsing.GenerationFloor.Language / 100} ", Page("ASQ9001"));

    [Fact]
    public void Page_of_blank_queue_names_says_what_the_run_time_says()
    {
        AssertQuotes(AnalyzerRules.QueueName.Fault(" "), Page("ASQ3001"));
        Assert.Contains($"for the queue `{AnalyzerRules.QueueName.Default}`", Page("ASQ3001"));
    }

    [Theory]
    [InlineData("a{b")]
    [InlineData("a}b")]
    public void Page_of_braces_says_what_the_run_time_says(string name) =>
        AssertQuotes(AnalyzerRules.QueueName.Fault(name), Page("ASQ3002"));

    [Fact]
    public void Page_of_schedules_quotes_the_parser()
    {
        var quotes = Quote().Matches(Page("ASQ3008"));

        Assert.Equal(2, quotes.Count);
        Assert.All(quotes, quote =>
        {
            Assert.Null(AnalyzerScheduling.CronSpec.Read(quote.Groups["spec"].Value, out var fault));
            Assert.StartsWith(quote.Groups["message"].Value.TrimEnd('…', ' '), fault);
        });
    }

    [Theory]
    [InlineData("*-5")]
    [InlineData(",7,,9,")]
    public void Page_of_schedules_names_odd_forms_that_the_parser_takes(string field)
    {
        Assert.Contains($"`{field}`", Page("ASQ3008"));
        Assert.NotNull(AnalyzerScheduling.CronSpec.Read($"{field} * * * *", out _));
    }

    [Fact]
    public void Page_of_schedules_names_a_form_for_seconds_that_the_parser_takes()
    {
        Assert.Contains("`@every 30s`", Page("ASQ3008"));
        Assert.NotNull(AnalyzerScheduling.CronSpec.Read("@every 30s", out _));
    }

    private static void AssertQuotes(string? fault, string page) => Assert.All(
        Assert.IsType<string>(fault).Split([": ", ", "], StringSplitOptions.None),
        part => Assert.Contains(part, page, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("PeriodicTask\\(\"(?<spec>[^\"]+)\".*// ASQ3008: (?<message>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Quote();

    private static string Page(string id) => Repository.Read("analyzers", "docs", id + ".md");
}
