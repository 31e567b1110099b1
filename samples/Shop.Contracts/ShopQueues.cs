namespace Shop.Contracts;

/// <summary>The queues, named once for those who enqueue and those who serve.</summary>
public static class ShopQueues
{
    /// <summary>What must not wait behind anything else.</summary>
    public const string Payments = "shop-payments";

    /// <summary>What a customer waits for.</summary>
    public const string Orders = "shop-orders";

    /// <summary>What may come a little later.</summary>
    public const string Mail = "shop-mail";
}
