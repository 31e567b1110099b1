using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using CsCheck;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

/// <summary>The culture of the thread has no say in the bytes: two workers in two countries agree on a unique key.</summary>
public class CultureTests
{
    [Fact]
    public void The_bytes_are_the_same_in_every_culture() =>
        Gen.Select(Scalars.Any, Shapes.Any, Foundation.Any).Sample(
            (scalars, shapes, foundation) =>
            {
                AssertSame(scalars);
                AssertSame(shapes);
                AssertSame(foundation);
                AssertSame(new JsonShapes(
                    shapes,
                    foundation,
                    scalars.ForJson(),
                    new Unions(new Circle(-1.5), [null, new Square(2)], new Card("1", new Cash(-2.50m))),
                    new Opaque(-3)));
            },
            iter: 50,
            threads: 1);

    [Fact]
    public void Negative_keys_are_sorted_by_the_sign_that_is_written()
    {
        var task = new SignedKeys(new() { [1] = 1, [-1] = 2 }, new() { [Level.High] = 1, [Level.Low] = 2 });

        Assert.Equal("""{"ByNumber":{"-1":2,"1":1},"ByEnum":{"-1":2,"1":1}}"""u8, In(Foreign(), () => Wire.Write(task)));
    }

    /// <summary>To a culture, two texts may be one, and their order is its own. Where the runtime knows no culture but the invariant
    /// one, texts are told apart in any case, and so what compares them is looked at too.</summary>
    [Fact]
    public void Sorted_texts_are_told_apart_by_their_characters()
    {
        string[] texts = ["\u0000ab", "B", "a", "ab", "a\u00adb", "a\u0308", "\u00e4"];
        Array.Sort(texts, StringComparer.Ordinal);
        var map = texts.ToDictionary(text => text, text => text.Length);
        var task = new SortedTexts(
            new(texts, StringComparer.Ordinal),
            texts.ToImmutableSortedSet(StringComparer.Ordinal),
            new(map, StringComparer.Ordinal),
            new(map, StringComparer.Ordinal),
            map.ToImmutableSortedDictionary(StringComparer.Ordinal));
        var json = new JsonSortedTexts(task.Set, task.Fixed, task.Map, task.List, task.FixedMap);

        AssertTexts(In(Foreign(), () => Wire.RoundTrip(task)), texts, map);
        AssertTexts(AsTask(In(Foreign(), () => Wire.RoundTrip(json))), texts, map);
        AssertTexts(AsTask(In(Foreign(), () => Wire.Read<JsonSortedTexts>("{}"u8.ToArray()))), [], []);

        static SortedTexts AsTask(JsonSortedTexts json) => new(json.Set, json.Fixed, json.Map, json.List, json.FixedMap);
    }

    private static void AssertTexts(SortedTexts task, string[] texts, Dictionary<string, int> map)
    {
        Assert.Equal(texts, task.Set);
        Assert.Equal(texts, task.Fixed);
        Assert.Equal(texts, task.Map.Keys);
        Assert.Equal(texts, task.List.Keys);
        Assert.Equal(texts, task.FixedMap.Keys);
        Assert.Equal(map, task.Map.ToDictionary());
        Assert.Equal(map, task.List.ToDictionary());
        Assert.Equal(map, task.FixedMap.ToDictionary());
        Assert.Same(StringComparer.Ordinal, task.Set.Comparer);
        Assert.Same(StringComparer.Ordinal, task.Fixed.KeyComparer);
        Assert.Same(StringComparer.Ordinal, task.Map.Comparer);
        Assert.Same(StringComparer.Ordinal, task.List.Comparer);
        Assert.Same(StringComparer.Ordinal, task.FixedMap.KeyComparer);
    }

    private static void AssertSame<T>(T task)
        where T : IAsynqTask<T>
    {
        var written = In(CultureInfo.InvariantCulture, () => Wire.Write(task));

        Assert.Equal(written, In(Foreign(), () => Wire.Write(task)));
        var read = In(Foreign(), () => Wire.Read<T>(written));
        Assert.Equal(written.Length, Wire.Write(read).Length);
    }

    /// <summary>A culture whose numbers and times look like no other's.</summary>
    private static CultureInfo Foreign()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "\u2212";
        culture.NumberFormat.PositiveSign = "plus";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.DateTimeFormat.DateSeparator = "_";
        culture.DateTimeFormat.TimeSeparator = "_";
        culture.DateTimeFormat.Calendar = culture.OptionalCalendars[0];
        return culture;
    }

    private static T In<T>(CultureInfo culture, Func<T> act)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            return act();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}

[AsynqTask("test:signed-keys", Format = PayloadFormat.Json)]
public sealed partial record SignedKeys(Dictionary<long, int> ByNumber, Dictionary<Level, int> ByEnum);

[AsynqTask("test:sorted-texts")]
public sealed partial record SortedTexts(
    SortedSet<string> Set, ImmutableSortedSet<string> Fixed, SortedDictionary<string, int> Map, SortedList<string, int> List,
    ImmutableSortedDictionary<string, int> FixedMap);

[AsynqTask("test:sorted-texts-json", Format = PayloadFormat.Json)]
public sealed partial record JsonSortedTexts(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] SortedSet<string> Set,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableSortedSet<string> Fixed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] SortedDictionary<string, int> Map,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] SortedList<string, int> List,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableSortedDictionary<string, int> FixedMap);
