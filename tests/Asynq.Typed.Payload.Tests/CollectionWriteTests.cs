using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

[AsynqTask("test:open")]
public sealed partial record Open(IEnumerable<string> Items, IReadOnlyCollection<int> Numbers, IReadOnlyDictionary<string, int> Map);

[AsynqTask("test:open-json", Format = PayloadFormat.Json)]
public sealed partial record OpenJson(IEnumerable<string> Items, IReadOnlyCollection<int> Numbers, IReadOnlyDictionary<string, int> Map);

[AsynqTask("test:keys", Format = PayloadFormat.Json)]
public sealed partial record Keys(
    Dictionary<long, int> Long,
    Dictionary<ulong, int> ULong,
    Dictionary<sbyte, int> SByte,
    Dictionary<Level, int> ByEnum,
    Dictionary<Rights, int> ByLargeEnum,
    Dictionary<Guid, int> ByGuid,
    Dictionary<string, Dictionary<int, string?>> Nested);

[AsynqTask("test:foundation-json", Format = PayloadFormat.Json)]
public sealed partial record Large(Version Version, BigInteger Number, BigInteger Negative);

[AsynqTask("test:concurrent")]
public sealed partial record Concurrent(ConcurrentDictionary<int, int> Map);

/// <summary>Collections of which only an interface is declared, and those that change or lie while they are written.</summary>
public class CollectionWriteTests
{
    private static readonly string[] Texts = ["b", "a", "ü"];
    private static readonly int[] Numbers = [3, 1, 2];
    private static readonly Dictionary<string, int> Map = new() { ["z"] = 1, ["a"] = 2, ["ü"] = 3 };

    public static TheoryData<string> Forms => [.. Collections().Keys];

    public static TheoryData<string> FreeForms => [.. Collections().Where(form => form.Value.IsFree).Select(form => form.Key)];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_run_time_type_gives_the_same_payload(string form)
    {
        var (texts, numbers, map, _) = Collections()[form];
        var read = Wire.RoundTrip(new Open(texts, numbers, map));
        var json = Wire.RoundTrip(new OpenJson(texts, numbers, map));

        Assert.Equal(texts, read.Items);
        Assert.Equal(numbers, read.Numbers);
        Assert.Equal(map.OrderBy(entry => entry.Key), read.Map.OrderBy(entry => entry.Key));
        Assert.Equal(texts, json.Items);
        Assert.Equal(numbers, json.Numbers);
        Assert.Equal(map.OrderBy(entry => entry.Key), json.Map.OrderBy(entry => entry.Key));
    }

    [Theory]
    [MemberData(nameof(FreeForms))]
    public void Types_of_the_framework_are_written_without_garbage(string form)
    {
        var (texts, numbers, map, _) = Collections()[form];
        var task = new Open(texts, numbers, map);
        var json = new OpenJson(texts, numbers, map);

        Assert.Equal(0, Allocation.Of(output => Allocation.Write(output, task)));
        Assert.Equal(0, Allocation.Of(output => Allocation.Write(output, json)));
    }

    [Fact]
    public void Keys_of_every_kind_are_sorted_as_Go_does_and_without_garbage()
    {
        var guid = Guid.Parse("ffffffff-0000-0000-0000-000000000000");
        var keys = new Keys(
            new() { [10] = 0, [9] = 0, [-1] = 0, [-10] = 0, [long.MinValue] = 0 },
            new() { [ulong.MaxValue] = 0, [2] = 0 },
            new() { [-128] = 0, [3] = 0, [20] = 0 },
            new() { [Level.High] = 0, [Level.Low] = 0, [(Level)10] = 0 },
            new() { [Rights.All] = 0, [Rights.None] = 0 },
            new() { [guid] = 0, [Guid.Empty] = 0, [Guid.Parse("00000001-ff00-0000-0000-000000000000")] = 0 },
            new() { ["b"] = new() { [2] = null, [11] = "x" }, ["a"] = [], ["\ud83d\ude00"] = [], ["\uffee"] = [], ["ab"] = [] });

        Assert.Equal(
            """
            {"Long":{"-1":0,"-10":0,"-9223372036854775808":0,"10":0,"9":0},"ULong":{"18446744073709551615":0,"2":0},
            "SByte":{"-128":0,"20":0,"3":0},"ByEnum":{"-1":0,"1":0,"10":0},"ByLargeEnum":{"0":0,"18446744073709551615":0},
            "ByGuid":{"00000000-0000-0000-0000-000000000000":0,"00000001-ff00-0000-0000-000000000000":0,
            "ffffffff-0000-0000-0000-000000000000":0},"Nested":{"a":{},"ab":{},"b":{"11":"x","2":null},"￮":{},"😀":{}}}
            """.ReplaceLineEndings(""),
            System.Text.Encoding.UTF8.GetString(Wire.Write(keys)));
        Assert.Equal(0, Allocation.Of(output => Allocation.Write(output, keys)));
    }

    [Fact]
    public void Versions_and_large_numbers_are_written_without_garbage()
    {
        var task = new Large(new Version(1, 2, int.MaxValue, int.MaxValue), BigInteger.Pow(10, 40), -BigInteger.Pow(7, 3));

        Assert.Equal(
            """{"Version":"1.2.2147483647.2147483647","Number":10000000000000000000000000000000000000000,"Negative":-343}""",
            System.Text.Encoding.UTF8.GetString(Wire.Write(task)));
        Assert.Equal(0, Allocation.Of(output => Allocation.Write(output, task)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(5000)]
    public void A_sequence_of_any_length_is_walked_once(int count)
    {
        var walks = 0;
        IEnumerable<string> Walk()
        {
            walks++;
            for (var i = 0; i < count; i++)
            {
                yield return i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        var read = Wire.RoundTrip(new Open(Walk(), [], Map));

        Assert.Equal(count, read.Items.Count());
        Assert.Equal(1, walks);
    }

    [Fact]
    public void A_collection_that_lies_about_its_number_is_written_as_it_is_walked()
    {
        var read = Wire.RoundTrip(new Open(Texts, new Liar(), Map));

        Assert.Equal([1, 2, 3], read.Numbers);
    }

    [Fact]
    public void What_a_collection_throws_is_thrown_and_leaves_nothing_behind()
    {
        static IEnumerable<string> Broken()
        {
            yield return "left behind";
            throw new InvalidOperationException("broken");
        }

        Assert.Throws<InvalidOperationException>(() => Wire.Write(new Open(Broken(), [], Map)));
        Assert.Equal(Texts, Wire.RoundTrip(new Open(Texts.Select(text => text), [], Map)).Items);
    }

    [Fact]
    public async Task A_dictionary_that_others_change_meanwhile_gives_a_whole_payload()
    {
        var map = new ConcurrentDictionary<int, int>();
        using var done = new CancellationTokenSource();
        var change = Task.Run(() =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
            {
                _ = i % 3 == 0 ? map.TryRemove(i % 500, out _) : map.TryAdd(i % 500, i);
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 2000; i++)
        {
            Wire.RoundTrip(new Concurrent(map));
        }

        await done.CancelAsync();
        await change;
    }

    private static Dictionary<string, (IEnumerable<string> Texts, IReadOnlyCollection<int> Numbers, IReadOnlyDictionary<string, int> Map, bool IsFree)> Collections() => new()
    {
        ["array"] = (Texts, Numbers, Map, true),
        ["list"] = (Texts.ToList(), Numbers.ToList(), new ReadOnlyDictionary<string, int>(Map), true),
        ["set"] = (Texts.ToHashSet(), Numbers.ToHashSet(), Map.ToFrozenDictionary(), true),
        ["immutable array"] = (Texts.ToImmutableArray(), Numbers.ToImmutableArray(), new SortedList<string, int>(Map), true),
        ["queue"] = (new Queue<string>(Texts), new Queue<int>(Numbers), Map, true),
        ["stack"] = (new Stack<string>(Texts), new Stack<int>(Numbers), Map, true),
        ["linked list"] = (new LinkedList<string>(Texts), new LinkedList<int>(Numbers), Map, true),
        ["collection"] = (new Collection<string>(Texts), new ReadOnlyCollection<int>(Numbers), Map, true),
        ["observable"] = (new ObservableCollection<string>(Texts), new ObservableCollection<int>(Numbers), Map, true),
        ["values"] = (Map.Keys, Map.Values, Map, true),
        ["segment"] = (new ArraySegment<string>(Texts), new ArraySegment<int>(Numbers, 1, 2), Map, true),
        ["frozen set"] = (Texts.ToFrozenSet(), Numbers.ToFrozenSet(), Map, true),
        ["immutable list"] = (Texts.ToImmutableList(), Numbers.ToImmutableList(), Map.ToImmutableDictionary(), false),
        ["immutable set"] = (Texts.ToImmutableHashSet(), Numbers.ToImmutableSortedSet(), Map.ToImmutableSortedDictionary(), false),
        ["immutable queue"] = (ImmutableQueue.CreateRange(Texts), Numbers.ToImmutableArray(), Map, false),
        ["sorted"] = (new SortedSet<string>(Texts), new SortedSet<int>(Numbers), new SortedDictionary<string, int>(Map), false),
        ["concurrent"] = (new ConcurrentQueue<string>(Texts), new ConcurrentBag<int>(Numbers), new ConcurrentDictionary<string, int>(Map), false),
        ["query"] = (Texts.Where(text => text.Length > 0), new Liar(), Map, false),
    };

    private sealed class Liar : IReadOnlyCollection<int>
    {
        public int Count => 7;

        public IEnumerator<int> GetEnumerator() => Enumerable.Range(1, 3).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
