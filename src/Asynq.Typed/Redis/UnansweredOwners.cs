namespace Asynq.Typed.Redis;

/// <summary>The owners of fetches that may have leased tasks and were never answered, by queue.</summary>
internal sealed class UnansweredOwners
{
    private readonly Lock _lock = new();
    private readonly List<(string Queue, string Owner, DateTimeOffset Expiry)> _owners = [];
    private volatile bool _hasAny;

    /// <summary>Their queues, each once.</summary>
    internal IReadOnlyCollection<string> Queues
    {
        get
        {
            lock (_lock)
            {
                return [.. _owners.Select(static owner => owner.Queue).Distinct(StringComparer.Ordinal)];
            }
        }
    }

    /// <param name="queue">Where it fetched.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="expiry">The latest lease expiry that was asked for.</param>
    internal void Add(string queue, string owner, DateTimeOffset expiry)
    {
        lock (_lock)
        {
            _owners.Add((queue, owner, expiry));
            _hasAny = true;
        }
    }

    /// <summary>Takes the oldest of a queue out; <c>null</c> where it has none.</summary>
    internal (string Owner, DateTimeOffset Expiry)? Take(string queue)
    {
        // Each fetch asks, and hardly ever is there one.
        if (!_hasAny)
        {
            return null;
        }

        lock (_lock)
        {
            var index = _owners.FindIndex(owner => owner.Queue == queue);
            if (index < 0)
            {
                return null;
            }

            var (_, found, expiry) = _owners[index];
            _owners.RemoveAt(index);
            _hasAny = _owners.Count > 0;
            return (found, expiry);
        }
    }
}
