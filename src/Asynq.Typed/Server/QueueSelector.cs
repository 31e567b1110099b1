namespace Asynq.Typed.Server;

/// <summary>Shares the free slots of a fetch among queues: by weight, or in strict order of it.</summary>
internal sealed class QueueSelector(ServerSettings settings, Random random)
{
    // Below that, what a call costs by itself is most of what its tasks cost.
    private const int WorthwhileBatch = 8;

    // Several slots drawn at once are a larger stake on one queue: never more than this part of all slots.
    private const int MostPerDraw = 10;

    private readonly string[] _byWeight =
        [.. settings.Queues.OrderByDescending(queue => queue.Value).Select(queue => queue.Key)];

    /// <summary>
    /// How many tasks to ask each queue for, in the order in which to ask. By weight, each slot is drawn by itself, so that a
    /// batch is mixed as single fetches would be; only where there are too many queues for that, up to a tenth of the server's
    /// slots are drawn together. Over time the weights hold either way.
    /// </summary>
    /// <param name="slots">How many slots are free.</param>
    /// <param name="open">The queues that may have tasks.</param>
    internal IReadOnlyList<(string Queue, int Count)> Share(int slots, IReadOnlySet<string> open)
    {
        if (settings.Options.StrictPriority)
        {
            return _byWeight.FirstOrDefault(open.Contains) is { } first ? [(first, slots)] : [];
        }

        if (open.Count == 1)
        {
            return [(open.First(), slots)];
        }

        var total = open.Sum(queue => (long)settings.Queues[queue]);
        var shares = new Dictionary<string, int>(open.Count);
        var order = new List<string>(open.Count);
        var together = slots >= open.Count * WorthwhileBatch ? 1 : Math.Max(1, settings.Concurrency / MostPerDraw);
        for (var drawn = 0; drawn < slots && total > 0; drawn += together)
        {
            var queue = Draw(open, total);
            var count = Math.Min(together, slots - drawn);
            if (!shares.TryAdd(queue, count))
            {
                shares[queue] += count;
                continue;
            }

            order.Add(queue);
        }

        return [.. order.Select(queue => (queue, shares[queue]))];
    }

    private string Draw(IReadOnlySet<string> open, long total)
    {
        var ticket = random.NextInt64(total);
        foreach (var queue in settings.QueueNames)
        {
            if (open.Contains(queue) && (ticket -= settings.Queues[queue]) < 0)
            {
                return queue;
            }
        }

        throw new InvalidOperationException("The weights of the open queues do not add up to their total.");
    }
}
