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
        var scripts = Scripts().Where(path => !IsFragment(path)).ToList();

        Assert.NotEmpty(scripts);
        Assert.All(scripts, path => Assert.All(["KEYS:", "ARGV:", "Result:", "Cost:"], word => Assert.True(
            Head(path).Contains(word, StringComparison.Ordinal), $"{path}: its head does not say {word}")));
    }

    [Fact]
    public void Every_fragment_of_scripts_says_what_it_is_for()
    {
        Assert.All(Scripts().Where(IsFragment), path => Assert.True(
            Head(path).Length > 0, $"{path}: it does not start with a comment."));
    }

    private static List<string> Scripts() => [.. Repository.Files("src/Asynq.Typed/Redis/Scripts", "*.lua")];

    private static bool IsFragment(string path) => Path.GetFileName(path).StartsWith('_');

    private static string Head(string path) =>
        string.Join('\n', Repository.Read(path).Split('\n').TakeWhile(line => line.StartsWith("--", StringComparison.Ordinal)));

    [GeneratedRegex(@"(Helpers?|Utils?|Utilities|Common|Manager)(\.cs$|/)")]
    private static partial Regex Vague();
}
