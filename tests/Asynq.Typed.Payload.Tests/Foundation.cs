using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using CsCheck;

namespace Asynq.Typed.Payload.Tests;

/// <summary>The rest of the framework's types that a payload can hold.</summary>
[AsynqTask("test:foundation")]
public sealed partial record Foundation(
    DateOnly DateOnly,
    TimeOnly TimeOnly,
    Uri Uri,
    Version Version,
    BigInteger BigInteger,
    Half Half,
    Int128 Int128,
    UInt128 UInt128,
    ReadOnlyMemory<byte> Memory,
    Uri? MaybeUri,
    DateOnly? MaybeDateOnly,
    (int Left, string? Right) Pair,
    (int, (bool, string)[])? MaybePair,
    Tuple<int, string> Tuple,
    KeyValuePair<string, int> KeyValuePair,
    ImmutableArray<int> ImmutableArray,
    ImmutableList<string> ImmutableList,
    ImmutableHashSet<int> ImmutableHashSet,
    ImmutableSortedSet<int> ImmutableSortedSet,
    ImmutableQueue<int> ImmutableQueue,
    ImmutableStack<int> ImmutableStack,
    IImmutableList<int> IImmutableList,
    IImmutableSet<int> IImmutableSet,
    ImmutableDictionary<string, int> ImmutableDictionary,
    ImmutableSortedDictionary<int, string> ImmutableSortedDictionary,
    IImmutableDictionary<int, int> IImmutableDictionary,
    FrozenSet<string> FrozenSet,
    FrozenDictionary<string, Money> FrozenDictionary,
    SortedSet<int> SortedSet,
    Queue<int> Queue,
    Stack<int> Stack,
    LinkedList<int> LinkedList,
    Collection<int> Collection,
    ObservableCollection<int> ObservableCollection,
    ReadOnlyCollection<int> ReadOnlyCollection,
    SortedDictionary<string, int> SortedDictionary,
    SortedList<int, int> SortedList,
    ConcurrentDictionary<int, int> ConcurrentDictionary,
    ReadOnlyDictionary<int, int> ReadOnlyDictionary)
{
    private static Gen<int[]> Ints { get; } = Gen.Int.Array[0, 6];

    private static Gen<Dictionary<int, int>> Map { get; } = Gen.Dictionary(Gen.Int, Gen.Int)[0, 5];

    private static Gen<Dictionary<string, int>> Words { get; } = Gen.Dictionary(Scalars.Text, Gen.Int)[0, 5];

    public static Gen<Foundation> Any { get; } =
        from ticks in Gen.Long[0, TimeSpan.TicksPerDay - 1]
        from day in Gen.Int[0, DateOnly.MaxValue.DayNumber]
        from numbers in Gen.Select(Gen.ULong, Gen.ULong, Gen.Long)
        from text in Scalars.Text
        from ints in Ints
        from bytes in Gen.Byte.Array
        from map in Map
        from words in Words
        from single in Gen.Float[-1000, 1000]
        from isNull in Gen.Bool
        select Create(ticks, day, numbers, text, ints, bytes, map, words, single, isNull);

    private static Foundation Create(
        long ticks, int day, (ulong, ulong, long) numbers, string text, int[] ints, byte[] bytes,
        Dictionary<int, int> map, Dictionary<string, int> words, float single, bool isNull) => new(
        DateOnly.FromDayNumber(day),
        new TimeOnly(ticks),
        new Uri("https://example.com/" + Uri.EscapeDataString(text)),
        new Version(1, day, 3),
        new BigInteger(numbers.Item3) * numbers.Item1 * numbers.Item2,
        (Half)single,
        new Int128(numbers.Item1, numbers.Item2),
        new UInt128(numbers.Item2, numbers.Item1),
        bytes,
        isNull ? null : new Uri("relative/" + day, UriKind.Relative),
        isNull ? null : DateOnly.MinValue,
        (day, isNull ? null : text),
        isNull ? null : (day, [(true, text), (false, "")]),
        new(day, text),
        new(text, day),
        [.. ints],
        [text, "x"],
        [.. ints],
        [.. ints],
        [.. ints],
        [.. ints],
        System.Collections.Immutable.ImmutableList.Create(ints),
        System.Collections.Immutable.ImmutableHashSet.Create(ints),
        words.ToImmutableDictionary(),
        map.ToImmutableSortedDictionary(pair => pair.Key, pair => text),
        map.ToImmutableDictionary(),
        words.Keys.ToFrozenSet(),
        words.ToFrozenDictionary(pair => pair.Key, pair => new Money(pair.Value, text)),
        [.. ints],
        new(ints),
        new(ints),
        new(ints),
        [.. ints],
        [.. ints],
        new(ints),
        new(words, StringComparer.Ordinal),
        new(map),
        new(map),
        new(map));
}
