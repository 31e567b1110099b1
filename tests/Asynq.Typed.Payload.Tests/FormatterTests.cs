using System.Text;
using System.Text.Json;
using MessagePack;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

/// <summary>A class whose formatter reads nil as null, as formatters of MessagePack-CSharp do.</summary>
[PayloadFormatter(typeof(WordFormatter))]
public sealed class Word(string text)
{
    public string Reveal() => text;
}

public sealed class WordFormatter : IPayloadFormatter<Word>, IJsonPayloadFormatter<Word>
{
    public static void Write(ref MessagePackWriter writer, Word value) => writer.Write(value.Reveal());

    public static Word Read(ref MessagePackReader reader) => reader.ReadString() is { } text ? new Word(text) : null!;

    public static void Write(Utf8JsonWriter writer, Word value) => writer.WriteStringValue(value.Reveal());

    public static Word Read(ref Utf8JsonReader reader) => reader.GetString() is { } text ? new Word(text) : null!;
}

[AsynqTask("test:word")]
public sealed partial record WithWord(Word Word, Word? Maybe);

[AsynqTask("test:json-word", Format = PayloadFormat.Json)]
public sealed partial record JsonWithWord(Word Word, Word? Maybe);

/// <summary>Lists in each other, as many as it is told.</summary>
public readonly struct Nest(int depth)
{
    private readonly int _depth = depth;

    public int Reveal() => _depth;
}

public sealed class NestFormatter : IJsonPayloadFormatter<Nest>
{
    public static void Write(Utf8JsonWriter writer, Nest value)
    {
        if (value.Reveal() == 0)
        {
            writer.WriteNumberValue(0);
            return;
        }

        writer.WriteStartArray();
        Write(writer, new Nest(value.Reveal() - 1));
        writer.WriteEndArray();
    }

    public static Nest Read(ref Utf8JsonReader reader)
    {
        var depth = 0;
        for (; reader.TokenType == JsonTokenType.StartArray; depth++)
        {
            reader.Read();
        }

        for (var i = 0; i < depth; i++)
        {
            reader.Read();
        }

        return new Nest(depth);
    }
}

public sealed record Shell(Shell? Inner, [PayloadFormatter(typeof(NestFormatter))] Nest Nest);

[AsynqTask("test:json-nest", Format = PayloadFormat.Json)]
public sealed partial record JsonNest(Shell? Shell, [PayloadFormatter(typeof(NestFormatter))] Nest Nest);

/// <summary>Formatters of the user's, and what is held against them.</summary>
public class FormatterTests
{
    [Fact]
    public void A_null_that_a_formatter_reads_for_what_is_not_nullable_is_refused()
    {
        const string Message = "Word is null, but its type is not nullable";

        Assert.Equal(Message, Assert.Throws<PayloadException>(() => Wire.Read<WithWord>(
            Wire.Pack(new Dictionary<string, string?> { ["Maybe"] = null, ["Word"] = null }))).Message);
        Assert.Equal(Message, Assert.Throws<PayloadException>(() => Wire.Read<JsonWithWord>(
            """{"Maybe":null,"Word":null}"""u8.ToArray())).Message);
        Assert.Null(Wire.RoundTrip(new WithWord(new("a"), null)).Maybe);
        Assert.Equal("b", Wire.RoundTrip(new JsonWithWord(new("a"), new("b"))).Maybe?.Reveal());
    }

    [Theory]
    [InlineData(0, 63)]
    [InlineData(1, 62)]
    [InlineData(40, 23)]
    [InlineData(62, 1)]
    [InlineData(63, 0)]
    public void The_depth_of_what_a_formatter_writes_counts(int shells, int lists)
    {
        var deepest = Build(shells, lists);
        var text = Encoding.UTF8.GetString(Wire.Write(deepest));

        Assert.Equal(text, Encoding.UTF8.GetString(Wire.Write(Wire.RoundTrip(deepest))));
        foreach (var more in (int[])[1, 2, 100])
        {
            Assert.Contains(
                "nested more than 64 deep",
                Assert.Throws<PayloadException>(() => Wire.Write(Build(shells, lists + more))).Message,
                StringComparison.Ordinal);
        }

        Assert.Equal(text, Encoding.UTF8.GetString(Wire.Write(deepest)));
    }

    private static JsonNest Build(int shells, int lists)
    {
        var shell = shells == 0 ? null : new Shell(null, new Nest(lists));
        for (var i = 1; i < shells; i++)
        {
            shell = new Shell(shell, default);
        }

        return new JsonNest(shell, new Nest(shells == 0 ? lists : 0));
    }
}
