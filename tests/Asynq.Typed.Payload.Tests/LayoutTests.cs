using CsCheck;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

public class LayoutTests
{
    [Fact]
    public void The_order_of_stacks_and_queues_is_kept()
    {
        var task = Foundation.Any.Single();
        var read = Wire.RoundTrip(task);

        Assert.Equal(task.Stack, read.Stack);
        Assert.Equal(task.Queue, read.Queue);
        Assert.Equal(task.ImmutableStack, read.ImmutableStack);
        Assert.Equal(task.Pair, read.Pair);
        Assert.Equal(task.BigInteger, read.BigInteger);
        Assert.Equal(task.Int128, read.Int128);
    }

    [Fact]
    public void Values_look_as_MessagePack_CSharp_writes_them()
    {
        var task = Foundation.Any.Single();
        var members = Wire.Unpack<Dictionary<string, object>>(Wire.Write(task));

        Same(task.DateOnly);
        Same(task.TimeOnly);
        Same(task.Uri);
        Same(task.Version);
        Same(task.BigInteger);
        Same(task.Half);
        Same(task.Int128);
        Same(task.UInt128);
        Same(task.Memory);
        Same(task.Pair);
        Same(task.Tuple);
        Same(task.KeyValuePair);
        Same(task.Stack);

        void Same<T>(T value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string name = "") =>
            Assert.Equal(
                Wire.Unpack<object>(Wire.Pack(value)),
                members[name["task.".Length..]]);
    }

    [Fact]
    public void Scalars_look_as_MessagePack_CSharp_writes_them()
    {
        var at = new DateTimeOffset(2026, 11, 23, 4, 5, 6, TimeSpan.FromHours(2));
        var id = Guid.NewGuid();
        var task = Scalars.Any.Single() with { DateTimeOffset = at, Guid = id, Decimal = 1.10m, TimeSpan = TimeSpan.FromDays(1) };
        var members = Wire.Unpack<Dictionary<string, object>>(Wire.Write(task));

        Assert.Equal(Reread(at), members["DateTimeOffset"]);
        Assert.Equal(Reread(id), members["Guid"]);
        Assert.Equal(Reread(1.10m), members["Decimal"]);
        Assert.Equal(Reread(task.TimeSpan), members["TimeSpan"]);

        static object Reread<T>(T value) =>
            Wire.Unpack<object>(Wire.Pack(value));
    }

    [Fact]
    public void Closed_generics_inherited_records_classes_and_structs_are_read()
    {
        var task = new Kinds(
            new(1) { Spare = 2 },
            new(null),
            new(new Money(1, "EUR"), "l") { Spare = new Money(2, "USD") },
            new(3, 4),
            new() { First = 5, Second = "s" },
            null);

        Assert.Equivalent(task, Wire.RoundTrip(task), strict: true);
    }

    [Fact]
    public void A_pinned_name_stands_on_the_wire()
    {
        var task = new Pinned(1, "a");
        var members = Wire.Unpack<Dictionary<string, object>>(Wire.Write(task));

        Assert.Equal(["mail", "user"], members.Keys.Order());
        Assert.Equal(task, Wire.RoundTrip(task));
    }

    [Fact]
    public void A_naming_policy_renames_the_members()
    {
        var task = new Named(1, "u", new Address("s"));
        var members = Wire.Unpack<Dictionary<string, object>>(Wire.Write(task));

        Assert.Equal(["home_address", "http_url", "user_id"], members.Keys.Order());
        Assert.Equal(task, Wire.RoundTrip(task));
    }

    [Fact]
    public void Every_naming_policy_gives_its_own_names()
    {
        Assert.Equal(
            ["home-address", "http-url", "is2-fa-on", "user-id"],
            Wire.Unpack<Dictionary<string, object>>(Wire.Write(new Kebab(1, "u", new(1, "EUR"), true))).Keys.Order());
        Assert.Equal(
            """{"user-id":1,"http-url":"u","home-address":{"amount":1,"currency":"EUR"},"is2-fa-on":true}"""u8,
            Wire.Write(new JsonKebab(1, "u", new(1, "EUR"), true)));
        Assert.Equal(
            """{"userId":1,"httpUrl":"u","homeAddress":{"amount":1,"currency":"EUR"}}"""u8,
            Wire.Write(new JsonCamel(1, "u", new(1, "EUR"))));
    }

    [Fact]
    public void Numbers_on_all_members_give_an_array()
    {
        var task = new Numbered(1, "n", 2);

        Assert.Equal([0x94, 1, 2, 0xc0, 0xa1, (byte)'n'], Wire.Write(task));
        Assert.Equal(task, Wire.RoundTrip(task));
    }

    [Fact]
    public void A_longer_array_is_read_and_a_shorter_one_lacks_members()
    {
        Assert.Equal(new Numbered(1, "n"), Wire.Read<Numbered>(Pack(1, 7, null, "n", "new")));
        Assert.Equal(
            "The payload lacks the member Name", Assert.Throws<PayloadException>(() => Wire.Read<Numbered>(Pack(1))).Message);
        Assert.Equal(
            "Name is null, but its type is not nullable",
            Assert.Throws<PayloadException>(() => Wire.Read<Numbered>(Pack(1, 2, null, null))).Message);

        static byte[] Pack(params object?[] items) => Wire.Pack(items);
    }

    [Fact]
    public void Types_of_MessagePack_CSharp_keep_their_own_layout()
    {
        var task = new WithForeign(new Foreign { Id = 1, Name = "a", Ignored = "b" }, new ForeignMap { Id = 2, Name = "c" });
        var members = Wire.Unpack<Dictionary<string, object>>(Wire.Write(task));
        var read = Wire.RoundTrip(task);

        Assert.Equal(new object?[] { (byte)1, null, "a" }, members["Foreign"]);
        Assert.Equal(["Id", "Name"], ((Dictionary<object, object>)members["Map"]).Keys.Order());
        Assert.Equal(("a", "kept", "c"), (read.Foreign.Name, read.Foreign.Ignored, read.Map.Name));
    }

    [Fact]
    public void Types_of_MessagePack_CSharp_go_both_ways()
    {
        var task = new WithForeign(new Foreign { Id = 1, Name = "a" }, new ForeignMap { Id = 2, Name = "c" });
        var theirs = new ForeignEnvelope { Foreign = task.Foreign, Map = task.Map };

        var read = Wire.Read<WithForeign>(Wire.Pack(theirs));
        var readByThem = Wire.Unpack<ForeignEnvelope>(Wire.Write(task));

        Assert.Equal((1, "a", 2, "c"), (read.Foreign.Id, read.Foreign.Name, read.Map.Id, read.Map.Name));
        Assert.Equal((1, "a", 2, "c"), (readByThem.Foreign.Id, readByThem.Foreign.Name, readByThem.Map.Id, readByThem.Map.Name));
    }

    [Fact]
    public void A_union_of_MessagePack_CSharp_goes_both_ways()
    {
        foreach (var shape in (IForeignShape[])[new ForeignCircle { Radius = 3 }, new ForeignSquare { Side = 4 }])
        {
            var read = Wire.Read<WithForeignUnion>(Wire.Pack(new ForeignUnionEnvelope { Shape = shape })).Shape;
            var readByThem = Wire.Unpack<ForeignUnionEnvelope>(Wire.Write(new WithForeignUnion(shape))).Shape;

            Assert.Equivalent(shape, read, strict: true);
            Assert.Equivalent(shape, readByThem, strict: true);
        }
    }

    [Fact]
    public void A_union_is_read_as_the_type_that_it_was()
    {
        var task = new Unions(
            new Circle(1), [new Square(2), null, new Circle(3)], new Card("1", new Card("2", new Cash(3.50m))));

        Assert.Equivalent(task, Wire.RoundTrip(task), strict: true);
    }

    [Fact]
    public void A_type_without_a_key_in_the_union_is_refused()
    {
        var error = Assert.Throws<PayloadException>(() => Wire.Write(new Unions(new Rounded(1), [], new Cash(1))));

        Assert.Contains(nameof(Rounded), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_of_a_union_is_an_error_that_names_it()
    {
        var error = Assert.Throws<PayloadException>(() => Wire.Read<Unions>(Wire.Pack(
            new Dictionary<string, object> { ["Shape"] = new object[] { 9, new Dictionary<string, object>() } })));

        Assert.Equal("Shape[0] is '9', which stands for no type here", error.Message);
    }

    [Fact]
    public void A_long_key_of_a_union_is_cut_in_the_error()
    {
        var key = new string('x', 100_000);
        const string End = "xxxx…', which stands for no type here";

        var packed = Assert.Throws<PayloadException>(() => Wire.Read<PaymentTask>(
            Wire.Pack(new Dictionary<string, object> { ["Payment"] = new object[] { key, 1 } })));
        var json = Assert.Throws<PayloadException>(() => Wire.Read<JsonPaymentTask>(
            System.Text.Encoding.UTF8.GetBytes($$"""{"Payment":["{{key}}",1]}""")));

        Assert.All([packed, json], error => Assert.EndsWith(End, error.Message, StringComparison.Ordinal));
        Assert.All([packed, json], error => Assert.InRange(error.Message.Length, 1, 150));
    }

    [Fact]
    public void A_formatter_writes_and_reads_a_foreign_type()
    {
        var read = Wire.RoundTrip(new Formatted(new(1), new(2), new("a"), [new("b")]));

        Assert.Equal((1, 2, "a", "b"), (read.Opaque.Reveal(), read.Maybe?.Reveal(), read.Marked.Reveal(), read.Many![0].Reveal()));
        Assert.Null(Wire.RoundTrip(new Formatted(new(1), null, new("a"), null)).Maybe);
    }

    [Fact]
    public void Raw_payloads_pass_through()
    {
        byte[] bytes = [0, 255, 7];

        Assert.Equal(bytes, Wire.Write(new RawTask(bytes)));
        Assert.Equal(bytes, Wire.Read<RawTask>(bytes).Bytes.ToArray());
        Assert.Equal(bytes, Wire.Write(new RawClass { Bytes = bytes }));
        Assert.Equal(bytes, Wire.Read<RawClass>(bytes).Bytes);
    }

    [Fact]
    public void A_raw_value_of_a_derived_type_is_refused()
    {
        var error = Assert.Throws<PayloadException>(() => Wire.Write<RawClass>(new DerivedRaw { Bytes = [1], More = 2 }));

        Assert.Contains($"'{typeof(DerivedRaw)}' cannot be written as its base", error.Message, StringComparison.Ordinal);
    }

    private sealed class DerivedRaw : RawClass
    {
        public int More { get; init; }
    }
}
