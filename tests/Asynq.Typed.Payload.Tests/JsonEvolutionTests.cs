using System.Text;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

[AsynqTask("test:json-evolved", Format = PayloadFormat.Json)]
public sealed partial record JsonEvolved(int Id, string Name, int Count = 7, Level Level = Level.High)
{
    public string Locale { get; init; } = "en";

    public List<string> Tags { get; set; } = ["fresh"];

    public required string Must { get; init; }

    public Tree? Tree { get; init; }
}

/// <summary>The evolution table again, in JSON: one test per row.</summary>
public class JsonEvolutionTests
{
    private const string Whole = """ "Id":1,"Name":"n","Must":"m","Tree":null """;

    [Fact]
    public void Absent_with_a_parameter_default_is_that_default() =>
        Assert.Equal((7, Level.High), (Read(Whole).Count, Read(Whole).Level));

    [Fact]
    public void Absent_without_a_default_or_required_is_an_error_that_names_every_missing_member() =>
        Assert.Equal("The payload lacks the members Name, Must", Fault(""" "Id":1 """));

    [Fact]
    public void Absent_with_an_initialiser_is_the_initialiser()
    {
        Assert.Equal("en", Read(Whole).Locale);
        Assert.Equal(["fresh"], Read(Whole).Tags);
    }

    [Theory]
    [InlineData("Id")]
    [InlineData("Name")]
    [InlineData("Tags")]
    [InlineData("Level")]
    public void Nil_for_a_non_nullable_is_an_error_that_names_it(string member) =>
        Assert.Equal($"{member} is null, but its type is not nullable", Fault($"{Whole},\"{member}\":null"));

    [Fact]
    public void An_unknown_key_is_skipped() => Assert.Equal("n", Read(Whole + ""","Gone":[1,{"a":"b"}]""").Name);

    [Fact]
    public void A_key_that_comes_twice_counts_as_it_came_last() => Assert.Equal("last", Read(Whole + ""","Name":"last" """).Name);

    [Fact]
    public void An_unknown_number_of_an_enum_is_kept() => Assert.Equal((Level)99, Read(Whole + ""","Level":99""").Level);

    [Theory]
    [InlineData("Unknown")]
    [InlineData("Tags")]
    public void A_depth_over_64_is_an_error(string member) => Assert.NotEmpty(
        Fault($"{Whole},\"{member}\":" + new string('[', 100_000)));

    [Fact]
    public void A_depth_of_64_is_read_and_one_more_is_neither_written_nor_read()
    {
        // The task, its tree, and two for each level below: 64. The list of a leaf is one more.
        var deepest = new JsonEvolved(1, "n") { Must = "m", Tree = Build(31, null) };
        var text = Encoding.UTF8.GetString(Wire.Write(deepest));
        var tooDeep = text.Replace("\"leaf\",\"Children\":null", "\"leaf\",\"Children\":[]", StringComparison.Ordinal);

        Assert.Equal(text, Encoding.UTF8.GetString(Wire.Write(Wire.RoundTrip(deepest))));
        Assert.NotEqual(text, tooDeep);
        Assert.EndsWith(
            "is nested more than 64 deep",
            Assert.Throws<PayloadException>(() => Wire.Read<JsonEvolved>(Encoding.UTF8.GetBytes(tooDeep))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "nested more than 64 deep",
            Assert.Throws<PayloadException>(() => Wire.Write(deepest with { Tree = Build(31, []) })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_ends_too_early_is_an_error() => Assert.NotEmpty(
        Assert.Throws<PayloadException>(() => Wire.Read<JsonEvolved>("""{"Id":1,"Name":"n"""u8.ToArray())).Message);

    private static Tree Build(int levels, List<Tree>? ofLeaf) =>
        levels == 0 ? new("leaf", ofLeaf) : new("", [Build(levels - 1, ofLeaf)]);

    private static JsonEvolved Read(string members) => Wire.Read<JsonEvolved>(Encoding.UTF8.GetBytes($"{{{members}}}"));

    private static string Fault(string members) => Assert.Throws<PayloadException>(() => Read(members)).Message;
}
