using System.Text.RegularExpressions;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Asynq.Typed.Analyzers.Tests.Catalogue;

/// <summary>
/// What stands in an editor is seldom whole. No analyzer fails over the sources that the tests of the rules are about, cut off
/// at a token or with one taken out.
/// </summary>
public sealed partial class MangledSourceTests
{
    private const int EveryWhich = 23;

    public static TheoryData<string> Ids { get; } = [.. Assemblies.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task No_analyzer_fails_over_half_of_what_a_rule_is_about(string id)
    {
        var sources = Directory
            .EnumerateFiles(Repository.PathOf("tests", "Asynq.Typed.Analyzers.Tests", "Rules"), id + "*.cs")
            .SelectMany(path => Sources().Matches(File.ReadAllText(path)))
            .Select(match => Markup().Replace(match.Groups["text"].Value, "${code}"));

        Assert.NotEqual(0, await AnalyzeAsync(sources));
    }

    [Fact]
    public async Task No_analyzer_fails_over_half_of_an_offence() => Assert.NotEqual(0, await AnalyzeAsync(Offences.Files));

    private static async Task<int> AnalyzeAsync(IEnumerable<string> sources)
    {
        var runs = 0;
        foreach (var source in sources)
        {
            var tokens = CSharpSyntaxTree.ParseText(source, Library.Language).GetRoot(TestContext.Current.CancellationToken)
                .DescendantTokens().Where(token => token.Span.Length > 0).ToList();

            // Starting elsewhere each time: most sources begin alike.
            for (var i = runs % EveryWhich; i < tokens.Count; i += EveryWhich)
            {
                await AnalyzeAsync(source[..tokens[i].Span.End]);
                await AnalyzeAsync(source.Remove(tokens[i].SpanStart, tokens[i].Span.Length));
                runs += 2;
            }
        }

        return runs;
    }

    private static async Task AnalyzeAsync(string source) =>
        await Analysis.RunAsync(Library.Parse("Tested", source, TestContext.Current.CancellationToken));

    [GeneratedRegex("\"\"\"\\r?\\n(?<text>.*?)\"\"\"", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Sources();

    [GeneratedRegex(@"\{\|(ASQ\d+|#\d+):(?<code>.*?)\|\}", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Markup();
}
