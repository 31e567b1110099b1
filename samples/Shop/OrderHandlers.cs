using Asynq.Typed;
using Shop.Contracts;

namespace Shop;

/// <summary>Its receipt is stored with the task, where <c>GET /orders/{id}</c> finds it.</summary>
internal sealed class PlaceOrderHandler(Books books, AsynqClient client, Journal journal) : IHandle<PlaceOrder, Receipt>
{
    private static readonly Dictionary<string, decimal> Prices = new() { ["tea"] = 4.50m, ["cup"] = 12.00m, ["pot"] = 38.00m };

    public async Task<Receipt> HandleAsync(PlaceOrder task, TaskContext context, CancellationToken cancellationToken)
    {
        if (!Prices.TryGetValue(task.Product, out var price))
        {
            journal.Worker($"'{task.Product}' is not sold here: the order is archived, for trying again is of no use");
            throw new SkipRetryException($"'{task.Product}' is not sold here.");
        }

        var receipt = new Receipt(task.Product, task.Quantity, price * task.Quantity);
        books.Sell(context.TaskId, receipt.Total);
        journal.Worker($"sold {task.Quantity} × {task.Product} to {task.Customer} for {receipt.Total:0.00}");

        // An id made of this task's own: should this attempt be run again, the notice that waits already is not doubled.
        await client.TryEnqueueAsync(
            new Notice($"{task.Quantity} × {task.Product} for {receipt.Total:0.00} is on its way."),
            new() { Group = task.Customer, TaskId = $"{context.TaskId}:notice" },
            cancellationToken);
        return receipt;
    }
}

internal sealed class RecordPaymentHandler(Books books, Journal journal) : IHandle<RecordPayment>
{
    public Task HandleAsync(RecordPayment task, TaskContext context, CancellationToken cancellationToken)
    {
        books.Pay(context.TaskId, task.Amount);
        journal.Worker($"{task.Customer} has paid {task.Amount:0.00}");
        return Task.CompletedTask;
    }
}
