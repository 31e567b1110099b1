using System.ComponentModel.DataAnnotations;
using Asynq.Typed;
using Shop.Contracts;

namespace Shop;

/// <summary>What the payment provider sends to <c>POST /payments</c>: each event at least once.</summary>
public sealed record PaymentEvent(
    [property: Required, StringLength(100)] string EventId,
    [property: Required, EmailAddress, StringLength(100)] string Customer,
    [property: Range(0.01, 1_000_000)] decimal Amount);

internal static class PaymentEndpoints
{
    public static void MapPayments(this IEndpointRouteBuilder routes) => routes.MapPost("/payments", RecordAsync);

    /// <summary>The event's id is the task's, so an event that comes again is no second task, and no error either.</summary>
    private static async Task<IResult> RecordAsync(
        PaymentEvent payment, AsynqClient client, CancellationToken cancellationToken)
    {
        var result = await client.TryEnqueueAsync(
            new RecordPayment(payment.Customer, payment.Amount),
            new() { TaskId = payment.EventId },
            cancellationToken);
        return result.Status == EnqueueStatus.IdConflict
            ? Results.Ok("This event is known already.")
            : Results.Accepted();
    }
}
