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

#pragma warning disable CS8618 // What nothing sets is the subject here.

[AsynqTask("test:plain-members")]
public sealed partial class PlainMembers
{
    public int Value { get; set; }

    public string? Nullable { get; set; }

    public string Reference { get; set; }

    public List<int> List { get; init; }
}

[AsynqTask("test:json-plain-members", Format = PayloadFormat.Json)]
public sealed partial class JsonPlainMembers
{
    public int Value { get; set; }

    public string? Nullable { get; set; }

    public string Reference { get; set; }

    public List<int> List { get; init; }
}

#pragma warning restore CS8618

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
    [InlineData("Unknown", 63, null)]
    [InlineData("Unknown", 64, "Unknown is nested more than 64 deep")]
    [InlineData("Unknown", 100_000, "Unknown is nested more than 64 deep")]
    [InlineData("Tags", 1, null)]
    [InlineData("Tags", 2, "Tags[0] is not a string")]
    public void A_depth_over_64_is_an_error(string member, int lists, string? message)
    {
        var members = $"{Whole},\"{member}\":{new string('[', lists)}{new string(']', lists)}";

        if (message is null)
        {
            Assert.Equal("n", Read(members).Name);
        }
        else
        {
            Assert.StartsWith(message.Split(' ')[0], Fault(members), StringComparison.Ordinal);
            Assert.EndsWith(message[message.IndexOf(' ', StringComparison.Ordinal)..], Fault(members), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_plain_member_that_is_no_nullable_reference_must_be_there()
    {
        Assert.Equal(
            "The payload lacks the members Reference, List",
            Assert.Throws<PayloadException>(() => Wire.Read<JsonPlainMembers>("{}"u8.ToArray())).Message);
        Assert.Equal(
            "The payload lacks the members List, Reference",
            Assert.Throws<PayloadException>(() => Wire.Read<PlainMembers>(new byte[] { 0x80 })).Message);
        var read = Wire.Read<JsonPlainMembers>("""{"List":[],"Reference":"r"}"""u8.ToArray());
        Assert.Equal((0, null, "r"), (read.Value, read.Nullable, read.Reference));
    }

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
