using System.ComponentModel.DataAnnotations;
using Asynq.Typed;
using Shop.Contracts;

namespace Shop;

/// <summary>What <c>POST /orders</c> takes.</summary>
public sealed record OrderRequest(
    [property: Required, EmailAddress, StringLength(100)] string Customer,
    [property: Required, StringLength(100)] string Product,
    [property: Range(1, 100)] int Quantity);

/// <summary>What <c>GET /orders/{id}</c> answers: the receipt once there is one, and why there is none where it failed.</summary>
public sealed record OrderStatus(string State, Receipt? Receipt, string? Error);

internal static class OrderEndpoints
{
    /// <summary>So long an order waits before it is packed, and a second one like it is a double click.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/orders", PlaceAsync);
        routes.MapGet("/orders/{id:guid}", FindAsync);
    }

    private static async Task<IResult> PlaceAsync(OrderRequest order, AsynqClient client, CancellationToken cancellationToken)
    {
        var result = await client.TryEnqueueAsync(
            new PlaceOrder(order.Customer, order.Product, order.Quantity),
            new() { ProcessIn = Pause },
            cancellationToken);
        return result.Status == EnqueueStatus.Duplicate
            ? Results.Problem("An order for this product has been placed a moment ago.", statusCode: StatusCodes.Status409Conflict)
            : Results.Accepted($"/orders/{result.TaskId}", new { id = result.TaskId });
    }

    private static async Task<IResult> FindAsync(string id, AsynqInspector inspector, CancellationToken cancellationToken)
    {
        var task = await inspector.GetTaskAsync(ShopQueues.Orders, id, cancellationToken);
        if (task is null)
        {
            return Results.Problem($"There is no order '{id}'.", statusCode: StatusCodes.Status404NotFound);
        }

        var receipt = task.Result.IsEmpty ? null : inspector.ReadResult<PlaceOrder, Receipt>(task);
        return Results.Ok(new OrderStatus(task.State.ToString(), receipt, task.LastError));
    }
}
