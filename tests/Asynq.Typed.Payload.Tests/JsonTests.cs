using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

public class JsonTests
{
    /// <summary>The tasks behind the recorded rows, in their order.</summary>
    private static readonly GoTask[] Recorded =
    [
        new(),
        new()
        {
            UserId = 42,
            Name = "Ann <b>&\"quote\"\\ é ✓ \u2028 \t\u0001",
            Ratio = 0.1,
            Ok = true,
            Tags = ["a", "b"],
            Meta = new() { ["z"] = 1, ["a"] = 2 },
            Blob = [0, 1, 254],
            At = new DateTime(2026, 11, 23, 4, 5, 6, 120, DateTimeKind.Utc),
            Addr = new("Main St", "10115"),
            Opt = "x",
            F32 = 1.1f,
            U8 = 255,
            Dur = TimeSpan.FromSeconds(90),
        },
        new() { UserId = long.MaxValue, Ratio = 1e21, F32 = 3.4e38f, Tags = [], Meta = [], Blob = [] },
        new() { UserId = long.MinValue, Name = "😀 /\u007f", Ratio = 1e-7 },
        new() { Ratio = 123456789.125 },
        new() { Ratio = 1e20 },
        new() { Ratio = -0.000001 },
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Recorded.Length)];

    private static JsonElement Golden { get; } = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "go-json.json"))).RootElement;

    [Fact]
    public void Every_recorded_row_is_tested() => Assert.Equal(Golden.GetArrayLength(), Recorded.Length);

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_bytes_are_those_of_Go(int row)
    {
        var expected = Golden[row].GetProperty("bytes").GetBytesFromBase64();
        var written = Wire.Write(Recorded[row] with { Name = Name(row) });

        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(written));
        Assert.Equal(expected, written);
#pragma warning disable CA5351 // Go's key is an MD5: nothing is kept secret by it.
        Assert.EndsWith(
            ":" + Convert.ToHexStringLower(MD5.HashData(written)),
            Golden[row].GetProperty("uniqueKey").GetString()!,
            StringComparison.Ordinal);
#pragma warning restore CA5351
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void What_Go_wrote_is_read(int row)
    {
        var expected = Golden[row].GetProperty("bytes").GetBytesFromBase64();

        Assert.Equal(expected, Wire.Write(Wire.Read<GoTask>(expected)));
    }

    [Fact]
    public void Values_of_every_type_are_read_as_they_were_written() =>
        Gen.Select(Scalars.Any, Shapes.Any, Foundation.Any).Sample(
            (scalars, shapes, foundation) =>
            {
                var task = new JsonShapes(
                    shapes,
                    foundation,
                    scalars.ForJson(),
                    new Unions(new Circle(1), [null, new Square(2)], new Card("1", new Cash(2))),
                    new Opaque(3));
                var written = Wire.Write(task);
                var read = Wire.Read<JsonShapes>(written);

                Assert.Null(Same.Difference(task, read, PayloadFormat.Json));
                Assert.Equal(written.Length, Wire.Write(read).Length);
            },
            iter: 100);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(100, "100")]
    [InlineData(0.001, "0.001")]
    [InlineData(1e-6, "0.000001")]
    [InlineData(9.99e-7, "9.99e-7")]
    [InlineData(1.5e-10, "1.5e-10")]
    [InlineData(123456789012345680000d, "123456789012345680000")]
    [InlineData(1e300, "1e+300")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(double.Epsilon, "5e-324")]
    public void Numbers_look_as_Go_writes_them(double number, string text) => Assert.Contains(
        $"\"ratio\":{text},", Encoding.UTF8.GetString(Wire.Write(new GoTask { Ratio = number })), StringComparison.Ordinal);

    [Fact]
    public void Every_finite_number_is_read_as_it_was_written() => Gen.Double.Sample(number =>
        !double.IsFinite(number) || Wire.RoundTrip(new GoTask { Ratio = number }).Ratio.Equals(number));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_finite_number_is_refused(double number) =>
        Assert.Throws<PayloadException>(() => Wire.Write(new GoTask { Ratio = number }));

    [Fact]
    public void Maps_are_sorted_by_the_bytes_of_their_keys()
    {
        var task = new GoTask { Meta = new() { ["😀"] = 1, ["\uffee"] = 2, ["b"] = 3, ["B"] = 4, ["ba"] = 5 } };

        Assert.Contains(
            "{\"B\":4,\"b\":3,\"ba\":5,\"\uffee\":2,\"😀\":1}", Encoding.UTF8.GetString(Wire.Write(task)), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_escaped_as_values_are() => Assert.Contains(
        """{"\u003cé\u2028✓":1,"€\"":2}""",
        Encoding.UTF8.GetString(Wire.Write(new GoTask { Meta = new() { ["<é\u2028✓"] = 1, ["€\""] = 2 } })),
        StringComparison.Ordinal);

    [Fact]
    public void What_is_empty_is_omitted_and_read_as_such()
    {
        var task = new Omitted(0, [], null, default);

        Assert.Equal("{}"u8, Wire.Write(task));
        Assert.Equivalent(task, Wire.RoundTrip(task), strict: true);
        Assert.Equal(
            """{"Number":1,"List":[2],"Text":"","Level":1}"""u8, Wire.Write(new Omitted(1, [2], "", Level.High)));
    }

    [Fact]
    public void Numbered_members_give_an_array()
    {
        Assert.Equal("[1,\"a\"]"u8, Wire.Write(new JsonNumbered(1, "a")));
        Assert.Equal(new JsonNumbered(1, "a"), Wire.RoundTrip(new JsonNumbered(1, "a")));
    }

    [Theory]
    [InlineData("""{"List":[1,"x"]}""", "List[1] is not a number")]
    [InlineData("""{"List":{}}""", "List is not a list")]
    [InlineData("""{"Number":null}""", "Number is null, but its type is not nullable")]
    [InlineData("""{"Number":3000000000}""", "Number is a number that its type cannot hold")]
    [InlineData("""{"Level":1e400}""", "Level is a number that its type cannot hold")]
    [InlineData("null", "The payload is null, but its type is not nullable")]
    [InlineData("[]", "The payload is not an object")]
    public void An_error_names_the_member_and_the_reason(string json, string message) =>
        Assert.Equal(message, Assert.Throws<PayloadException>(() => Wire.Read<Omitted>(Encoding.UTF8.GetBytes(json))).Message);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("""{"Number":1""")]
    [InlineData("""{"Unknown":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[""")]
    [InlineData("""{"Text":"\ud800"}""")]
    public void Damaged_text_is_refused(string json) =>
        Assert.Throws<PayloadException>(() => Wire.Read<Omitted>(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Unknown_members_are_skipped_and_the_last_of_two_counts() => Assert.Equal(
        2, Wire.Read<Omitted>("""{"Number":1,"x":{"y":[1]},"Number":2}"""u8.ToArray()).Number);

    [Fact]
    public void An_escaped_name_is_the_name() =>
        Assert.Equal(5, Wire.Read<Omitted>(Encoding.UTF8.GetBytes("{\"\\u004eumber\":5}")).Number);

    /// <summary>The name as it was recorded: some of it cannot be seen in print.</summary>
    private static string Name(int row) =>
        JsonDocument.Parse(Golden[row].GetProperty("bytes").GetBytesFromBase64()).RootElement.GetProperty("name").GetString()!;
}
