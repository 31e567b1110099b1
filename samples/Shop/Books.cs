using System.Collections.Concurrent;

namespace Shop;

/// <summary>
/// What was sold and paid, in place of a database. A task runs at least once, so it can run twice: an entry goes by the id of
/// its task, and the second time is the first once more.
/// </summary>
internal sealed class Books
{
    private readonly ConcurrentDictionary<string, decimal> _sales = new();
    private readonly ConcurrentDictionary<string, decimal> _payments = new();

    public int Sales => _sales.Count;

    public decimal Sold => _sales.Values.Sum();

    public decimal Paid => _payments.Values.Sum();

    public void Sell(string taskId, decimal total) => _sales[taskId] = total;

    public void Pay(string taskId, decimal amount) => _payments[taskId] = amount;
}
