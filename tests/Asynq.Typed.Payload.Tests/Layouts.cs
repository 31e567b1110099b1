using System.Text.Json;
using System.Text.Json.Serialization;
using MessagePack;

namespace Asynq.Typed.Payload.Tests;

#pragma warning disable ASQ1002 // One task in two formats; no server has both

[AsynqTask("test:pinned")]
public sealed partial record Pinned([PayloadKey("user")] long UserId, [property: PayloadKey("mail")] string Address);

[AsynqTask("test:numbered")]
public sealed partial record Numbered(
    [PayloadKey(0)] long Id, [PayloadKey(3)] string Name, [PayloadKey(1)] int Count = 7);

[AsynqTask("test:named", Naming = PayloadNaming.SnakeCase)]
public sealed partial record Named(int UserId, string HTTPUrl, Address HomeAddress);

[MessagePackObject]
public sealed class Foreign
{
    [Key(0)]
    public int Id { get; set; }

    [Key(2)]
    public string Name { get; set; } = "";

    [IgnoreMember]
    public string Ignored { get; set; } = "kept";
}

[MessagePackObject(keyAsPropertyName: true)]
public sealed class ForeignMap
{
    public int Id { get; set; }

    [Key("n")]
    public string? Name { get; set; }
}

[AsynqTask("test:foreign")]
public sealed partial record WithForeign(Foreign Foreign, ForeignMap Map);

/// <summary>The same task, as MessagePack-CSharp alone sees it.</summary>
[MessagePackObject(keyAsPropertyName: true)]
public sealed class ForeignEnvelope
{
    public Foreign Foreign { get; set; } = new();

    public ForeignMap Map { get; set; } = new();
}

[Union(0, typeof(ForeignCircle))]
[Union(7, typeof(ForeignSquare))]
public interface IForeignShape;

[MessagePackObject]
public sealed class ForeignCircle : IForeignShape
{
    [Key(0)]
    public int Radius { get; set; }
}

[MessagePackObject(keyAsPropertyName: true)]
public sealed class ForeignSquare : IForeignShape
{
    public double Side { get; set; }
}

[AsynqTask("test:foreign-union")]
public sealed partial record WithForeignUnion(IForeignShape Shape);

[MessagePackObject(keyAsPropertyName: true)]
public sealed class ForeignUnionEnvelope
{
    public IForeignShape? Shape { get; set; }
}

[PayloadUnion(0, typeof(Circle))]
[PayloadUnion(1, typeof(Square))]
public abstract record Shape;

public sealed record Circle(double Radius) : Shape;

public record Square(double Side) : Shape;

public sealed record Rounded(double Side) : Square(Side);

[PayloadUnion("card", typeof(Card))]
[PayloadUnion("cash", typeof(Cash))]
public interface IPayment;

public sealed record Card(string Number, IPayment? Fallback) : IPayment;

public readonly record struct Cash(decimal Amount) : IPayment;

[AsynqTask("test:unions")]
public sealed partial record Unions(Shape Shape, List<Shape?> Shapes, IPayment Payment);

[AsynqTask("test:payment")]
public sealed partial record PaymentTask(IPayment Payment);

[AsynqTask("test:json-payment", Format = PayloadFormat.Json)]
public sealed partial record JsonPaymentTask(IPayment Payment);

public readonly struct Opaque(int secret)
{
    private readonly int _secret = secret;

    public int Reveal() => _secret;
}

public sealed class OpaqueFormatter : IPayloadFormatter<Opaque>, IJsonPayloadFormatter<Opaque>
{
    public static void Write(ref MessagePackWriter writer, Opaque value) => writer.Write(value.Reveal());

    public static Opaque Read(ref MessagePackReader reader) => new(reader.ReadInt32());

    public static void Write(Utf8JsonWriter writer, Opaque value) => writer.WriteNumberValue(value.Reveal());

    public static Opaque Read(ref Utf8JsonReader reader) => new(reader.GetInt32());
}

[PayloadFormatter(typeof(MarkedFormatter))]
public sealed class Marked(string text)
{
    public string Reveal() => text;
}

public sealed class MarkedFormatter : IPayloadFormatter<Marked>
{
    public static void Write(ref MessagePackWriter writer, Marked value) => writer.Write(value.Reveal());

    public static Marked Read(ref MessagePackReader reader) => new(reader.ReadString() ?? "");
}

[AsynqTask("test:formatted")]
public sealed partial record Formatted(
    [PayloadFormatter(typeof(OpaqueFormatter))] Opaque Opaque,
    [PayloadFormatter(typeof(OpaqueFormatter))] Opaque? Maybe,
    Marked Marked,
    List<Marked>? Many);

[AsynqTask("test:raw", Format = PayloadFormat.Raw)]
public sealed partial record RawTask(ReadOnlyMemory<byte> Bytes);

#pragma warning disable ASQ1009 // What becomes of a derived value is tested.
[AsynqTask("test:raw-set", Format = PayloadFormat.Raw)]
public partial class RawClass
#pragma warning restore ASQ1009
{
    public required byte[] Bytes { get; init; }
}

public sealed record GoAddress(
    [property: JsonPropertyName("street")] string Street, [property: JsonPropertyName("zip")] string Zip);

/// <summary>The task behind the recorded JSON.</summary>
[AsynqTask("email:welcome", Format = PayloadFormat.Json, Naming = PayloadNaming.SnakeCase)]
public sealed partial record GoTask
{
    public long UserId { get; init; }

    public string Name { get; init; } = "";

    public double Ratio { get; init; }

    public bool Ok { get; init; }

    public List<string>? Tags { get; init; }

    public Dictionary<string, int>? Meta { get; init; }

    public byte[]? Blob { get; init; }

    public DateTime At { get; init; }

    public GoAddress? Addr { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string Opt { get; init; } = "";

    public float F32 { get; init; }

    public byte U8 { get; init; }

    public TimeSpan Dur { get; init; }

    [JsonIgnore]
    public string Local { get; init; } = "";
}

[AsynqTask("test:json", Format = PayloadFormat.Json)]
public sealed partial record JsonShapes(
    Shapes Shapes, Foundation Foundation, Scalars Scalars, Unions Unions, [PayloadFormatter(typeof(OpaqueFormatter))] Opaque? Opaque);

[AsynqTask("test:json-numbered", Format = PayloadFormat.Json)]
public sealed partial record JsonNumbered([PayloadKey(0)] long Id, [PayloadKey(1)] string Name);

[AsynqTask("test:omitted", Format = PayloadFormat.Json)]
public sealed partial record Omitted(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Number,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] List<int> List,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Level Level);

public record Box<T>(T Content)
{
    public T? Spare { get; init; }
}

public sealed record LabelledBox<T>(T Content, string Label) : Box<T>(Content);

public sealed class Point(int x, int y)
{
    public int X { get; } = x;

    public int Y { get; } = y;

    public int Sum => X + Y;
}

public struct Fields
{
    public int First;

    public string? Second;
}

[AsynqTask("test:kinds")]
public sealed partial record Kinds(
    Box<int> Numbers, Box<string?> Texts, LabelledBox<Money> Labelled, Point Point, Fields Fields, Point? Nothing);
