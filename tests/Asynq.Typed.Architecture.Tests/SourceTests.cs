using System.Text.RegularExpressions;
using Xunit;

namespace Asynq.Typed.Architecture.Tests;

/// <summary>Habits that a reader relies on.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 450;

    private static readonly string[] Shipped = ["src", "generators", "analyzers"];

    [Fact]
    public void Files_are_short_enough_to_hold_in_the_head()
    {
        var sources = Shipped.SelectMany(folder => Repository.Files(folder, "*.cs")).ToList();

        Assert.NotEmpty(sources);
        Assert.All(sources, path => Assert.True(
            Repository.Read(path).Count(character => character == '\n') <= MostLines,
            $"{path} has more than {MostLines} lines: split it by subject."));
    }

    [Fact]
    public void No_folder_or_type_is_a_manager_of_everything()
    {
        var vague = Shipped.SelectMany(folder => Repository.Files(folder, "*.cs")).Where(path => Vague().IsMatch(path));

        Assert.Empty(vague);
    }

    [Fact]
    public void Every_script_says_its_keys_arguments_result_and_cost()
    {
        var scripts = Repository.Files("src/Asynq.Typed/Redis/Scripts", "*.lua").ToList();

        Assert.NotEmpty(scripts);
        Assert.All(scripts, path =>
        {
            var head = string.Join('\n', Repository.Read(path).Split('\n').TakeWhile(line => line.StartsWith("--", StringComparison.Ordinal)));
            Assert.All(["KEYS", "ARGV", "Result", "Cost"], word =>
                Assert.True(head.Contains(word, StringComparison.OrdinalIgnoreCase), $"{path}: its head does not say {word}."));
        });
    }

    [GeneratedRegex(@"(Helpers?|Utils?|Utilities|Common|Manager)(\.cs$|/)")]
    private static partial Regex Vague();
}
