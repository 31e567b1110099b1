namespace Asynq.Typed.Server;

/// <summary>
/// Fetches from one queue by one call, or by a few at once where messages are so large that an answer holds only some of what was
/// asked for: then Redis makes the next answer while one is on its way and read. For one caller at a time.
/// </summary>
/// <param name="make">Makes what carries out one call at a time.</param>
internal sealed class QueueFetches(Func<QueueFetch> make)
{
    // Each answer may take the memory of a full batch.
    private const int MostAtOnce = 3;

    private readonly QueueFetch[] _fetches = [.. Enumerable.Range(0, MostAtOnce).Select(_ => make())];

    // Those that were asked last.
    private readonly List<QueueFetch> _asked = new(MostAtOnce);

    /// <summary>The calls that are going on, or were the last. Never fails.</summary>
    internal Task Running => Task.WhenAll(_fetches.Select(static fetch => fetch.Running));

    /// <summary>How many tasks the last calls brought; those beyond what was asked for do not count.</summary>
    internal int Fetched
    {
        get
        {
            var fetched = 0;
            foreach (var fetch in _asked)
            {
                fetched += fetch.Fetched;
            }

            return fetched;
        }
    }

    /// <summary>Whether the queue may have more tasks than the last calls brought.</summary>
    internal bool MayHaveMore => _asked.Exists(static fetch => fetch.MayHaveMore);

    /// <summary>How long the queue must not be asked; zero or less where it can be.</summary>
    internal TimeSpan Rest => _fetches[0].Rest;

    /// <summary>Whether it can be asked now.</summary>
    internal bool CanBeAsked => _fetches[0].CanBeAsked;

    /// <summary>Asks for tasks, for which as many slots are reserved.</summary>
    /// <param name="count">How many.</param>
    /// <param name="late">Called when an answer has come that was not waited for.</param>
    /// <param name="cancellationToken">Keeps calls from being sent.</param>
    internal Task Ask(int count, Action late, CancellationToken cancellationToken)
    {
        _asked.Clear();
        _asked.Add(_fetches[0]);
        if (count == 1 || !_fetches[0].WasCutShort)
        {
            return _fetches[0].Ask(count, late, cancellationToken);
        }

        for (var i = 1; i < _fetches.Length && _asked.Count < count; i++)
        {
            if (_fetches[i].CanBeAsked)
            {
                _asked.Add(_fetches[i]);
            }
        }

        var asking = new Task[_asked.Count];
        for (var (i, left) = (0, count); i < asking.Length; i++)
        {
            // Rounded up: those behind ask for the same or for less.
            var share = (left + asking.Length - i - 1) / (asking.Length - i);
            left -= share;
            asking[i] = _asked[i].Ask(share, late, cancellationToken);
        }

        return Task.WhenAll(asking);
    }

    /// <summary>Waits no longer for the answers: their slots may go to other queues.</summary>
    /// <returns>Whether one is missing yet.</returns>
    internal bool Leave()
    {
        var isMissing = false;
        foreach (var fetch in _asked)
        {
            isMissing |= fetch.Leave();
        }

        return isMissing;
    }

    /// <summary>Gives back what comes from now on.</summary>
    internal void Stop()
    {
        foreach (var fetch in _fetches)
        {
            fetch.Stop();
        }
    }
}
