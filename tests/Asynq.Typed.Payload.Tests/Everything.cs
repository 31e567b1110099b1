using CsCheck;

namespace Asynq.Typed.Payload.Tests;

public enum Level : sbyte
{
    Low = -1,
    Middle = 0,
    High = 1,
}

[Flags]
public enum Rights : ulong
{
    None = 0,
    All = ulong.MaxValue,
}

public readonly record struct Money(decimal Amount, string Currency);

public sealed record Address(string Street, string? Zip = null);

public sealed record Tree(string Name, List<Tree>? Children);

/// <summary>One member for each type that a payload can hold.</summary>
[AsynqTask("test:scalars")]
public sealed partial record Scalars(
    bool Bool,
    sbyte SByte,
    byte Byte,
    short Int16,
    ushort UInt16,
    int Int32,
    uint UInt32,
    long Int64,
    ulong UInt64,
    float Single,
    double Double,
    decimal Decimal,
    char Char,
    string String,
    Guid Guid,
    DateTime DateTime,
    DateTimeOffset DateTimeOffset,
    TimeSpan TimeSpan,
    Level Level,
    Rights Rights,
    bool? MaybeBool,
    long? MaybeInt64,
    decimal? MaybeDecimal,
    string? MaybeString,
    Guid? MaybeGuid,
    DateTime? MaybeDateTime,
    Level? MaybeLevel)
{
    /// <summary>Strings of any characters, save for halves of surrogate pairs: those are refused.</summary>
    public static Gen<string> Text { get; } =
        Gen.Char.Array[0, 60].Select(text => string.Concat(text.Where(character => !char.IsSurrogate(character))));

    /// <summary>A moment in UTC: what a timestamp can say.</summary>
    public static Gen<DateTime> Moment { get; } =
        Gen.Long[0, DateTime.MaxValue.Ticks].Select(ticks => new DateTime(ticks, DateTimeKind.Utc));

    public static Gen<DateTimeOffset> MomentWithOffset { get; } =
        Gen.Select(
            Gen.Long[TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay], Gen.Int[-840, 840],
            (ticks, minutes) => new DateTimeOffset(ticks, TimeSpan.FromMinutes(minutes)));

    /// <summary>With what JSON can hold: numbers that are finite, and 292 years of nanoseconds.</summary>
    public Scalars ForJson() => this with
    {
        Single = float.IsFinite(Single) ? Single : 0,
        Double = double.IsFinite(Double) ? Double : 0,
        TimeSpan = new TimeSpan(TimeSpan.Ticks / 200),
    };

    public static Gen<Scalars> Any { get; } =
        from a in Gen.Select(Gen.Bool, Gen.SByte, Gen.Byte, Gen.Short, Gen.UShort, Gen.Int, Gen.UInt)
        from b in Gen.Select(Gen.Long, Gen.ULong, Gen.Float, Gen.Double, Gen.Decimal, Gen.Char)
        from c in Gen.Select(Text, Gen.Guid, Moment, MomentWithOffset, Gen.Long.Select(TimeSpan.FromTicks))
        from d in Gen.Select(Gen.SByte.Select(number => (Level)number), Gen.ULong.Select(number => (Rights)number))
        from e in Gen.Select(Gen.Bool.Nullable(), Gen.Long.Nullable(), Gen.Decimal.Nullable(), Text.Null())
        from f in Gen.Select(Gen.Guid.Nullable(), Moment.Nullable(), Gen.SByte.Select(number => (Level)number).Nullable())
        select new Scalars(
            a.Item1, a.Item2, a.Item3, a.Item4, a.Item5, a.Item6, a.Item7,
            b.Item1, b.Item2, b.Item3, b.Item4, b.Item5, b.Item6,
            c.Item1, c.Item2, c.Item3, c.Item4, c.Item5,
            d.Item1, d.Item2,
            e.Item1, e.Item2, e.Item3, e.Item4,
            f.Item1, f.Item2, f.Item3);
}

/// <summary>One member for each kind of list, dictionary and object.</summary>
[AsynqTask("test:shapes")]
public sealed partial record Shapes(
    byte[] Bytes,
    byte[]? MaybeBytes,
    int[] Array,
    string?[] Holes,
    List<long> List,
    List<long>? MaybeList,
    IList<string> IList,
    IReadOnlyList<Money> IReadOnlyList,
    ICollection<int> ICollection,
    IReadOnlyCollection<int?> IReadOnlyCollection,
    IEnumerable<Level> IEnumerable,
    HashSet<int> HashSet,
    ISet<string> ISet,
    IReadOnlySet<Guid> IReadOnlySet,
    Dictionary<string, int> Dictionary,
    IDictionary<int, string?> IDictionary,
    IReadOnlyDictionary<Guid, Money> IReadOnlyDictionary,
    Dictionary<Level, ulong[]> ByEnum,
    Money Money,
    Money? MaybeMoney,
    Address Address,
    Address? MaybeAddress,
    Tree Tree,
    List<List<Address>> Deep)
{
    private static readonly Gen<Money> AnyMoney =
        Gen.Select(Gen.Decimal, Scalars.Text, (amount, currency) => new Money(amount, currency));

    private static readonly Gen<Address> AnyAddress =
        Gen.Select(Scalars.Text, Scalars.Text.Null(), (street, zip) => new Address(street, zip));

    private static readonly Gen<Tree> AnyTree = Gen.Recursive<Tree>((depth, tree) => Gen.Select(
        Scalars.Text, depth > 3 ? Gen.Const(new List<Tree>()) : tree.List[0, 3], (name, children) => new Tree(name, children)));

    public static Gen<Shapes> Any { get; } =
        from a in Gen.Select(
            Gen.Byte.Array, Gen.Byte.Array.Null(), Gen.Int.Array, Scalars.Text.Null().Array, Gen.Long.List, Gen.Long.List.Null())
        from b in Gen.Select(
            Scalars.Text.List, AnyMoney.Array, Gen.Int.List, Gen.Int.Nullable().List, Gen.SByte.Select(number => (Level)number).List)
        from c in Gen.Select(Gen.Int.HashSet, Scalars.Text.HashSet, Gen.Guid.HashSet)
        from d in Gen.Select(
            Gen.Dictionary(Scalars.Text, Gen.Int)[0, 5],
            Gen.Dictionary(Gen.Int, Scalars.Text.Null())[0, 5],
            Gen.Dictionary(Gen.Guid, AnyMoney)[0, 5],
            Gen.Dictionary(Gen.SByte.Select(number => (Level)number), Gen.ULong.Array)[0, 5])
        from e in Gen.Select(AnyMoney, AnyMoney.Nullable(), AnyAddress, AnyAddress.Null(), AnyTree, AnyAddress.List.List[0, 3])
        select new Shapes(
            a.Item1, a.Item2, a.Item3, a.Item4, a.Item5, a.Item6,
            b.Item1, b.Item2, b.Item3, b.Item4, b.Item5,
            c.Item1, c.Item2, c.Item3,
            d.Item1, d.Item2, d.Item3, d.Item4,
            e.Item1, e.Item2, e.Item3, e.Item4, e.Item5, e.Item6);
}
