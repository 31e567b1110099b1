namespace Asynq.Typed.Server;

/// <summary>Shares the free slots of a fetch among queues: by weight, or in strict order of it. For one caller at a time.</summary>
internal sealed class QueueSelector
{
    // Below that, what a call costs by itself is most of what its tasks cost.
    private const int WorthwhileBatch = 8;

    // Several slots given at once are a larger stake on one queue: never more than this part of all slots.
    private const int MostAtOnce = 10;

    private readonly ServerSettings _settings;
    private readonly string[] _byWeight;

    // What each queue is owed, in slots. What is handed out is taken off, so that the weights hold exactly over time.
    private readonly Dictionary<string, double> _credits = new(StringComparer.Ordinal);

    /// <param name="settings">The queues.</param>
    /// <param name="random">Where the first round starts: servers that were started together must not march in step.</param>
    internal QueueSelector(ServerSettings settings, Random random)
    {
        _settings = settings;
        _byWeight = [.. settings.Queues.OrderByDescending(queue => queue.Value).Select(queue => queue.Key)];
        var stake = LargestStake;
        foreach (var queue in settings.QueueNames)
        {
            _credits[queue] = (random.NextDouble() - 0.5) * stake;
        }
    }

    private int LargestStake => Math.Max(1, _settings.Concurrency / MostAtOnce);

    /// <summary>
    /// How many tasks to ask each queue for, in the order in which to ask. By weight, slots are handed out one by one, so that a
    /// batch is mixed as single fetches would be; only where there are too many queues for that, up to a tenth of the server's
    /// slots are handed out together. Over time the weights hold either way.
    /// </summary>
    /// <param name="slots">How many slots are free.</param>
    /// <param name="open">The queues that may have tasks.</param>
    internal IReadOnlyList<(string Queue, int Count)> Share(int slots, IReadOnlySet<string> open)
    {
        if (_settings.Options.StrictPriority)
        {
            return _byWeight.FirstOrDefault(open.Contains) is { } first ? [(first, slots)] : [];
        }

        if (open.Count == 1)
        {
            return [(open.First(), slots)];
        }

        Credit(slots, open);
        var shares = new Dictionary<string, int>(open.Count);
        var order = new List<string>(open.Count);
        var together = slots >= open.Count * WorthwhileBatch ? 1 : LargestStake;
        for (var left = slots; left > 0 && open.Count > 0;)
        {
            var queue = MostOwed(open);
            var count = Math.Min(left, Math.Max(together, (int)_credits[queue]));
            _credits[queue] -= count;
            left -= count;
            if (!shares.TryAdd(queue, count))
            {
                shares[queue] += count;
                continue;
            }

            order.Add(queue);
        }

        return [.. order.Select(queue => (queue, shares[queue]))];
    }

    /// <summary>
    /// A queue that has tasks could not use all that it was given. One that has none is owed nothing: its share goes to the others.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="slots">How many slots it left unused, of a share among several queues.</param>
    /// <param name="open">The queues that they were shared among.</param>
    internal void Refund(string queue, int slots, IReadOnlySet<string> open)
    {
        // As if they had never been shared.
        Credit(-slots, open);
        _credits[queue] += slots;
    }

    private void Credit(int slots, IReadOnlySet<string> open)
    {
        var total = open.Sum(queue => (double)_settings.Queues[queue]);
        foreach (var queue in open)
        {
            _credits[queue] += slots * (_settings.Queues[queue] / total);
        }
    }

    private string MostOwed(IReadOnlySet<string> open)
    {
        string? most = null;
        foreach (var queue in _settings.QueueNames)
        {
            if (open.Contains(queue) && (most is null || _credits[queue] > _credits[most]))
            {
                most = queue;
            }
        }

        return most ?? throw new InvalidOperationException("No queue is open.");
    }
}
