using Asynq.Typed;

namespace Shop.Contracts;

/// <summary>
/// An order. Until it is done, a second one of the same customer for the same product is a double click, and is refused; where
/// it fails, for a minute. Written as JSON, so that a colleague in Go can read it, and so is its <see cref="Receipt"/>.
/// </summary>
[AsynqTask(
    "shop:place-order",
    Queue = ShopQueues.Orders,
    MaxRetry = 5,
    TimeoutSeconds = 30,
    RetentionSeconds = 3600, // for as long the receipt can be asked for
    UniqueForSeconds = 60,
    Result = typeof(Receipt),
    Format = PayloadFormat.Json,
    Naming = PayloadNaming.CamelCase)]
public sealed partial record PlaceOrder([UniqueKey] string Customer, [UniqueKey] string Product, int Quantity);

/// <summary>What has become of an order: the result of its handler.</summary>
public sealed record Receipt(string Product, int Quantity, decimal Total);

/// <summary>
/// A payment, as the payment provider tells of it: at least once. The id of its event becomes the id of the task, so a payment
/// that it tells of again is known for as long as the first is kept: a day.
/// </summary>
[AsynqTask("shop:record-payment", Queue = ShopQueues.Payments, RetentionSeconds = 86_400)]
public sealed partial record RecordPayment(string Customer, decimal Amount);
