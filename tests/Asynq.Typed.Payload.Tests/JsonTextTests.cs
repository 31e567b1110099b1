using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsCheck;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

[AsynqTask("test:json-names", Format = PayloadFormat.Json)]
public sealed partial record OddNames(
    [property: JsonPropertyName("a<b>&\"\\/é✓")] int Markup,
    [PayloadKey("\u2028\t\u0001\u007f😀")] int Unseen);

[AsynqTask("test:json-text", Format = PayloadFormat.Json)]
public sealed partial record JsonText(string Value, Dictionary<string, int> Keys);

/// <summary>Text in JSON, whatever is in it and however much.</summary>
public class JsonTextTests
{
    private const int Rounds = 100;
    private const string Special = "ab <>&\"\\/\b\f\n\r\t\u0000\u001f\u007fé✓\u2027\u2028\u2029\uffff😀";

    private static readonly Gen<string> Text = Gen.Select(
        Gen.OneOf(Gen.Int[0, 20], Gen.Int[4090, 4100], Gen.Const(9000)),
        Gen.Int,
        Gen.Bool,
        (length, seed, isPlain) => Some(length, new Random(seed), isPlain));

    [Fact]
    public void Any_text_is_escaped_as_Go_does() => Text.Sample(
        text =>
        {
            var task = new JsonText(text, new() { [text] = 1 });
            var expected = $"{{\"Value\":{Escape(text)},\"Keys\":{{{Escape(text)}:1}}}}";

            Assert.Equal(expected, Encoding.UTF8.GetString(Wire.Write(task)));
            Assert.Equal(text, Wire.RoundTrip(task).Value);
        },
        iter: Rounds,
        threads: 1);

    [Fact]
    public void An_output_that_gives_no_more_than_it_is_asked_for_gets_the_same_bytes() => Text.Sample(
        text =>
        {
            var task = new JsonText(text, new() { [text] = 1, ["b"] = 2 });
            var output = new Stingy();
            WriteTo(output, task);

            Assert.Equal(Wire.Write(task), output.Written);
        },
        iter: Rounds,
        threads: 1);

    [Fact]
    public void Names_are_escaped_as_values_are()
    {
        var written = Wire.Write(new OddNames(1, 2));

        Assert.Equal(
            """{"a\u003cb\u003e\u0026\"\\/é✓":1,"\u2028\t\u0001""" + "\u007f" + """😀":2}""", Encoding.UTF8.GetString(written));
        Assert.Equal(new OddNames(1, 2), Wire.Read<OddNames>(written));
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(written).RootElement.ValueKind);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(5000)]
    public void Half_a_surrogate_pair_is_refused_wherever_it_stands(int length)
    {
        foreach (var half in (char[])['\ud83d', '\ude00'])
        {
            foreach (var at in (int[])[0, length / 2, length - 1])
            {
                var text = new string('x', length).Remove(at, 1).Insert(at, half.ToString());

                var error = Assert.Throws<PayloadException>(() => Wire.Write(new JsonText(text, [])));
                Assert.Equal("Value holds half of a surrogate pair, which UTF-8 cannot express", error.Message);
                Assert.Throws<PayloadException>(() => Wire.Write(new JsonText("<", new() { [text + "<"] = 1 })));
            }
        }
    }

    private static void WriteTo<T>(IBufferWriter<byte> output, T task)
        where T : IAsynqTask<T> => T.Write(output, task);

    private static string Some(int length, Random random, bool isPlain)
    {
        var runes = isPlain ? [.. "abc".EnumerateRunes()] : Special.EnumerateRunes().ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < length; i++)
        {
            text.Append(runes[random.Next(runes.Length)]);
        }

        return text.ToString();
    }

    /// <summary>What Go's documentation says of strings, character by character.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder("\"");
        foreach (var character in text)
        {
            escaped.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '<' or '>' or '&' or '\u2028' or '\u2029' or < ' ' =>
                    "\\u" + ((int)character).ToString("x4", CultureInfo.InvariantCulture),
                _ => character.ToString(),
            });
        }

        return escaped.Append('"').ToString();
    }

    /// <summary>Gives just as much memory as it is asked for, and each time another.</summary>
    private sealed class Stingy : IBufferWriter<byte>
    {
        private readonly List<byte> _written = [];
        private byte[] _given = [];

        public byte[] Written => [.. _written];

        public void Advance(int count) => _written.AddRange(_given.AsSpan(0, count));

        public Memory<byte> GetMemory(int sizeHint = 0) => _given = new byte[Math.Max(1, sizeHint)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
