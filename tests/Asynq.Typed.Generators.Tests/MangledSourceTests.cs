using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Asynq.Typed.Generators.Tests;

/// <summary>
/// What stands in an editor is seldom whole, and a generator that fails takes every task's code away with it. It fails over none of
/// the sources of these tests, cut off at a token, with one taken out, or with one in the place of another.
/// </summary>
public partial class MangledSourceTests
{
    private const int EveryWhich = 41;

    public static TheoryData<string> Files { get; } = [.. Directory.EnumerateFiles(Folder(), "*Tests.cs").Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_generator_fails_over_no_half_of_a_source(string file)
    {
        var usings = "using System;\nusing System.Collections.Generic;\nusing System.Collections.Immutable;\nusing System.Text.Json.Serialization;\n"
            + "using System.Threading;\nusing System.Threading.Tasks;\nusing Asynq.Typed;\n";
        var text = File.ReadAllText(Path.Combine(Folder(), file));
        var runs = 0;
        foreach (var source in Sources().Matches(text).Select(match => Regex.Unescape(match.Groups["text"].Value)))
        {
            var tokens = CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)
                .GetRoot(TestContext.Current.CancellationToken)
                .DescendantTokens()
                .Where(token => token.Span.Length > 0)
                .ToList();

            // Starting elsewhere each time: most sources begin alike.
            for (var i = runs % EveryWhich; i < tokens.Count; i += EveryWhich)
            {
                var other = tokens[i * 31 % tokens.Count].Text;
                Generate(usings + source[..tokens[i].Span.End]);
                Generate(usings + source.Remove(tokens[i].SpanStart, tokens[i].Span.Length));
                Generate(usings + source.Remove(tokens[i].SpanStart, tokens[i].Span.Length).Insert(tokens[i].SpanStart, other));
                runs += 3;
            }
        }
    }

    private static void Generate(string source)
    {
        var driver = GeneratorTest.NewDriver().RunGenerators(
            GeneratorTest.Compile("Shop.Worker", [GeneratorTest.Parse(source, "/src/File0.cs")]), TestContext.Current.CancellationToken);
        var failure = driver.GetRunResult().Results[0].Exception;
        Assert.True(failure is null, $"{failure}\nfrom\n{source}");
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex("(\"\"\"\\s*\\n(?<text>.*?)\"\"\"|\"(?<text>[^\"\\n]*(\\\\\"[^\"\\n]*)*AsynqTask[^\"\\n]*(\\\\\"[^\"\\n]*)*)\")", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Sources();
}
