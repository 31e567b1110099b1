using System.Buffers;
using MessagePack;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

[AsynqTask("test:evolved")]
public sealed partial record Evolved(int Id, string Name, int Count = 7, Level Level = Level.High)
{
    public string Locale { get; init; } = "en";

    public List<string> Tags { get; set; } = ["fresh"];

    public int Plain { get; set; }

    public required string Must { get; init; }
}

[AsynqTask("test:outer")]
public sealed partial record Outer(Address Address, List<Line> Lines, Dictionary<string, Line> ByName);

public sealed record Line(string Sku, int Amount);

[AsynqTask("test:forest")]
public sealed partial record Forest(Tree Root);

/// <summary>The evolution table of the payload format, one test per row.</summary>
public class EvolutionTests
{
    private static readonly Dictionary<string, object?> Whole = new()
    {
        ["Id"] = 1,
        ["Name"] = "n",
        ["Must"] = "m",
    };

    [Fact]
    public void Absent_with_a_parameter_default_is_that_default()
    {
        var task = Read(Whole);

        Assert.Equal(7, task.Count);
        Assert.Equal(Level.High, task.Level);
    }

    [Fact]
    public void Absent_without_a_default_or_required_is_an_error_that_names_every_missing_member()
    {
        var error = Assert.Throws<PayloadException>(() => Read(new() { ["Count"] = 1, ["Id"] = 1 }));

        Assert.Equal("The payload lacks the members Must, Name", error.Message);
    }

    [Fact]
    public void Absent_with_an_initialiser_is_the_initialiser()
    {
        var task = Read(Whole);

        Assert.Equal("en", task.Locale);
        Assert.Equal(["fresh"], task.Tags);
        Assert.Equal(0, task.Plain);
    }

    [Fact]
    public void Present_with_an_initialiser_is_what_is_present()
    {
        var task = Read(new(Whole) { ["Locale"] = "de" });

        Assert.Equal("de", task.Locale);
        Assert.Equal(["fresh"], task.Tags);
    }

    [Theory]
    [InlineData("Id")]
    [InlineData("Name")]
    [InlineData("Tags")]
    [InlineData("Level")]
    public void Nil_for_a_non_nullable_is_an_error_that_names_it(string member)
    {
        var error = Assert.Throws<PayloadException>(() => Read(new(Whole) { [member] = null }));

        Assert.Equal($"{member} is null, but its type is not nullable", error.Message);
    }

    [Fact]
    public void An_unknown_key_is_skipped()
    {
        var task = Read(new(Whole) { ["Gone"] = new object[] { 1, new Dictionary<string, object> { ["a"] = "b" } } });

        Assert.Equal("n", task.Name);
    }

    [Fact]
    public void A_key_that_is_no_string_is_skipped()
    {
        var bytes = Bytes((ref MessagePackWriter writer) =>
        {
            writer.WriteMapHeader(2);
            writer.Write(5);
            writer.Write("five");
            writer.Write("Value");
            writer.Write("text");
        });

        Assert.Equal("text", Wire.Read<Text>(bytes).Value);
    }

    [Fact]
    public void A_key_that_comes_twice_counts_as_it_came_last()
    {
        var bytes = Bytes((ref MessagePackWriter writer) =>
        {
            writer.WriteMapHeader(2);
            writer.Write("Value");
            writer.Write("first");
            writer.Write("Value");
            writer.Write("last");
        });

        Assert.Equal("last", Wire.Read<Text>(bytes).Value);
    }

    [Fact]
    public void An_unknown_number_of_an_enum_is_kept()
    {
        var task = Read(new(Whole) { ["Level"] = 99 });

        Assert.Equal((Level)99, task.Level);
    }

    [Fact]
    public void A_depth_of_64_is_read_and_one_more_is_an_error()
    {
        // The task, its tree, and two for each level below: 64. The list of a leaf is one more.
        Assert.Equal("leaf", Deepest(Wire.Read<Forest>(Nested(31, leafHasList: false)).Root));
        var error = Assert.Throws<PayloadException>(() => Wire.Read<Forest>(Nested(31, leafHasList: true)));

        Assert.EndsWith("is nested more than 64 deep", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("Root.Children[0].Children[0]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_reader_would_accept_is_not_written()
    {
        Assert.Equal(Nested(31, leafHasList: false), Wire.Write(new Forest(Build(31, null))));
        var error = Assert.Throws<PayloadException>(() => Wire.Write(new Forest(Build(31, []))));

        Assert.Contains("nested more than 64 deep", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_depth_over_64_under_an_unknown_key_is_an_error()
    {
        var bytes = Bytes((ref MessagePackWriter writer) =>
        {
            writer.WriteMapHeader(1);
            writer.Write("Unknown");
            for (var i = 0; i < 1_000_000; i++)
            {
                writer.WriteArrayHeader(1);
            }

            writer.WriteNil();
        });

        var error = Assert.Throws<PayloadException>(() => Wire.Read<Text>(bytes));
        Assert.Contains("is nested more than 64 deep", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Lines", 0xdd)]
    [InlineData("ByName", 0xdf)]
    public void A_header_longer_than_the_bytes_is_an_error(string member, byte code)
    {
        var bytes = Bytes((ref MessagePackWriter writer) =>
        {
            writer.WriteMapHeader(1);
            writer.Write(member);
            writer.WriteRaw((byte[])[code, 0x7f, 0xff, 0xff, 0xff]);
        });

        // The first time, types are loaded and code is compiled.
        Assert.Throws<PayloadException>(() => Wire.Read<Outer>(bytes));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<PayloadException>(() => Wire.Read<Outer>(bytes));

        Assert.Equal($"{member} is cut short: the bytes end before it does", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_string_longer_than_the_bytes_is_an_error()
    {
        byte[] bytes = [0x81, 0xa5, .. "Value"u8, 0xdb, 0x7f, 0xff, 0xff, 0xff, 0x41];

        Assert.Equal(
            "Value is cut short: the bytes end before it does",
            Assert.Throws<PayloadException>(() => Wire.Read<Text>(bytes)).Message);
    }

    [Fact]
    public void Bytes_behind_the_payload_are_an_error() => Assert.Equal(
        "The payload is followed by bytes that do not belong to it",
        Assert.Throws<PayloadException>(() => Wire.Read<Text>((byte[])[.. Wire.Write(new Text("x")), 0xc0])).Message);

    [Fact]
    public void An_empty_payload_is_an_error() => Assert.Equal(
        "The payload is cut short: the bytes end before it does",
        Assert.Throws<PayloadException>(() => Wire.Read<Text>(default)).Message);

    [Fact]
    public void A_null_payload_is_an_error() => Assert.Equal(
        "The payload is null, but its type is not nullable",
        Assert.Throws<PayloadException>(() => Wire.Read<Text>(new byte[] { 0xc0 })).Message);

    [Fact]
    public void A_string_that_is_not_UTF8_is_an_error()
    {
        byte[] bytes = [0x81, 0xa5, .. "Value"u8, 0xa2, 0xc3, 0x28];

        Assert.Equal(
            "Value is a string that is not valid UTF-8",
            Assert.Throws<PayloadException>(() => Wire.Read<Text>(bytes)).Message);
    }

    [Fact]
    public void A_number_that_its_type_cannot_hold_is_an_error() => Assert.Equal(
        "Count is a number that its type cannot hold",
        Assert.Throws<PayloadException>(() => Read(new(Whole) { ["Count"] = long.MaxValue })).Message);

    [Fact]
    public void An_error_names_the_path_of_the_member()
    {
        var line = new Dictionary<string, object?> { ["Sku"] = "a", ["Amount"] = 1 };
        var bad = new Dictionary<string, object?> { ["Sku"] = "a", ["Amount"] = "many" };
        var half = new Dictionary<string, object?> { ["Sku"] = "a" };
        var address = new Dictionary<string, object?> { ["Street"] = "s" };

        Assert.Equal("Lines[1].Amount is a string in place of an integer", Fault(new[] { line, bad }, new()));
        Assert.Equal("Lines[1] lacks the member Amount", Fault(new[] { line, half, line }, new()));
        Assert.Equal("ByName.two lacks the member Amount", Fault(new[] { line }, new() { ["one"] = line, ["two"] = half }));
        Assert.Equal("ByName[a b] lacks the member Amount", Fault(new[] { line }, new() { ["a b"] = half }));

        string Fault(object lines, Dictionary<string, object?> byName) => Assert.Throws<PayloadException>(() =>
            Wire.Read<Outer>(Pack(new() { ["Address"] = address, ["Lines"] = lines, ["ByName"] = byName }))).Message;
    }

    private static Evolved Read(Dictionary<string, object?> members) => Wire.Read<Evolved>(Pack(members));

    private static byte[] Pack(Dictionary<string, object?> members) => MessagePackSerializer.Serialize(members);

    private static Tree Build(int levels, List<Tree>? ofLeaf) =>
        levels == 0 ? new("leaf", ofLeaf) : new("", [Build(levels - 1, ofLeaf)]);

    private static string Deepest(Tree tree) => tree.Children is null ? tree.Name : Deepest(tree.Children[0]);

    /// <summary>A forest whose tree has as many levels below its root.</summary>
    private static byte[] Nested(int levels, bool leafHasList) => Bytes((ref MessagePackWriter writer) =>
    {
        writer.WriteMapHeader(1);
        writer.Write("Root");
        for (var i = 0; i < levels; i++)
        {
            writer.WriteMapHeader(2);
            writer.Write("Children");
            writer.WriteArrayHeader(1);
        }

        writer.WriteMapHeader(2);
        writer.Write("Children");
        if (leafHasList)
        {
            writer.WriteArrayHeader(0);
        }
        else
        {
            writer.WriteNil();
        }

        writer.Write("Name");
        writer.Write("leaf");
        for (var i = 0; i < levels; i++)
        {
            writer.Write("Name");
            writer.Write("");
        }
    });

    private delegate void Fill(ref MessagePackWriter writer);

    private static byte[] Bytes(Fill fill)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        fill(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
