using Asynq.Typed;
using Shop.Contracts;

namespace Shop;

/// <summary>Makes one mail of all notices that have come together for a customer.</summary>
internal sealed class DigestAggregator(Journal journal) : IAggregate<Notice, Digest>
{
    public ValueTask<AggregateResult<Digest>> AggregateAsync(
        GroupContext group, IReadOnlyList<Notice> tasks, CancellationToken cancellationToken)
    {
        journal.Worker($"{tasks.Count} notices for {group.Name} become one digest");
        return new(new Digest(group.Name, [.. tasks.Select(notice => notice.Text)]));
    }
}

internal sealed class DigestHandler(Postbox postbox, Journal journal) : IHandle<Digest>
{
    public Task HandleAsync(Digest task, TaskContext context, CancellationToken cancellationToken)
    {
        postbox.Send(context.TaskId, task);
        journal.Worker($"mail to {task.Customer}: {string.Join(" ", task.Lines)}");
        return Task.CompletedTask;
    }
}

internal sealed class SalesReportHandler(Books books, Postbox postbox, Journal journal) : IHandle<SalesReport>
{
    public Task HandleAsync(SalesReport task, TaskContext context, CancellationToken cancellationToken)
    {
        var figures = new SalesFigures(books.Sales, books.Sold, books.Paid);
        postbox.Report = figures;
        journal.Worker($"report of {context.GetScheduledTime():HH:mm:ss}: {figures.Orders} orders, {figures.Sold:0.00} sold, {figures.Paid:0.00} paid");
        return Task.CompletedTask;
    }
}
