using System.Collections.Concurrent;
using Shop.Contracts;

namespace Shop;

/// <summary>What a sales report says.</summary>
public sealed record SalesFigures(int Orders, decimal Sold, decimal Paid);

/// <summary>The mails and the report that went out, in place of a mail server.</summary>
internal sealed class Postbox
{
    private readonly ConcurrentDictionary<string, Digest> _digests = new();

    /// <summary>The latest report.</summary>
    public SalesFigures Report { get; set; } = new(0, 0, 0);

    /// <summary>The digests of one customer, in no order.</summary>
    public IEnumerable<Digest> DigestsOf(string customer) =>
        _digests.Values.Where(digest => digest.Customer == customer);

    public void Send(string taskId, Digest digest) => _digests[taskId] = digest;
}
