using System.Text.Json.Serialization;
using Asynq.Typed;
using Asynq.Typed.Benchmarks;
using MessagePack;

// They are only written and read.
[assembly: HandledElsewhere(typeof(Order)), HandledElsewhere(typeof(JsonOrder))]

namespace Asynq.Typed.Benchmarks;

/// <summary>One shape, as three libraries see it.</summary>
[AsynqTask("bench:order")]
[MessagePackObject(keyAsPropertyName: true)]
public sealed partial record Order(
    long Id, string Address, decimal Total, DateTime At, Guid Customer, List<OrderLine> Lines, string Locale = "en")
{
    public static Order Sample { get; } = new(
        42, "ann@example.com", 129.90m, new DateTime(2026, 11, 23, 4, 5, 6, DateTimeKind.Utc), Guid.NewGuid(),
        [new("sku-1", 2, 9.95), new("sku-2", 1, 110), new("sku-3", 7, 0.5)]);
}

[MessagePackObject(keyAsPropertyName: true)]
public sealed record OrderLine(string Sku, int Count, double Price);

/// <summary>The same in JSON.</summary>
[AsynqTask("bench:json-order", Format = PayloadFormat.Json)]
public sealed partial record JsonOrder(
    long Id, string Address, decimal Total, DateTime At, Guid Customer, List<OrderLine> Lines, string Locale = "en")
{
    public static JsonOrder Sample { get; } = new(
        Order.Sample.Id, Order.Sample.Address, Order.Sample.Total, Order.Sample.At, Order.Sample.Customer,
        Order.Sample.Lines);
}

[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(JsonOrder))]
public sealed partial class OrderJson : JsonSerializerContext;
