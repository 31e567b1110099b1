using Xunit;

namespace Asynq.Typed.Torture.Tests;

/// <summary>How the command line is read.</summary>
public sealed class ArgumentTests
{
    [Fact]
    public void Without_a_word_all_topologies_are_run() =>
        Assert.Equal(["single", "sentinel", "cluster", "embedded"], Arguments.Parse([]).Topologies);

    [Fact]
    public void Faults_are_named() => Assert.Equal(["cut", "move-slot"], Arguments.Parse(["--faults", "cut,move-slot"]).Faults);

    [Fact]
    public void None_is_no_fault() => Assert.Equal([], Arguments.Parse(["--faults", "none"]).Faults);

    [Theory, InlineData("--faults", "cutt"), InlineData("--without", "kill"), InlineData("--topology", "double")]
    public void What_is_not_known_is_refused(string option, string name) =>
        Assert.Contains($"'{name}'", Assert.Throws<ArgumentException>(() => Arguments.Parse([option, name])).Message, StringComparison.Ordinal);
}
