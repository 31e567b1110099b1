using Asynq.Typed.Analyzers.Tests.Infrastructure;
using AnalyzerRules = Asynq.Typed.Rules;

namespace Asynq.Typed.Analyzers.Tests.Catalogue;

/// <summary>A limit is one constant, and the page that explains it quotes it.</summary>
public sealed class LimitTests
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

    private static string Page(string id) => Repository.Read("analyzers", "docs", id + ".md");
}
