using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>
/// What a walk through tasks remembers of its way, in bounded memory: by what it goes on behind, whatever has left the place
/// meanwhile.
/// </summary>
internal sealed class WalkTrail
{
    private const int MostSurvivors = 16;

    private readonly List<string> _survivors = [];
    private HashSet<string> _seen = new(StringComparer.Ordinal);
    private string[] _last = [];

    /// <summary>The greatest rank that was read so far.</summary>
    internal long Reached { get; private set; }

    /// <summary>Ids that were read, the best to go on behind first.</summary>
    internal IEnumerable<RedisValue> Known()
    {
        // The last, and from there back in growing steps: what lies between is read again, and known by HasSeen.
        for (var step = 0; step < _last.Length; step = (step * 2) + 1)
        {
            yield return _last[^(step + 1)];
        }

        for (var i = _survivors.Count - 1; i >= 0; i--)
        {
            yield return _survivors[i];
        }
    }

    /// <summary>Whether the task was among those of the last call.</summary>
    internal bool HasSeen(string id) => _seen.Contains(id);

    /// <summary>Goes on from what a call read behind the id that it knew; empty where it knew none.</summary>
    internal void Advance(string[] ids, string known, long rank)
    {
        if (known.Length > 0 && !_survivors.Contains(known))
        {
            _survivors.Add(known);
            if (_survivors.Count > MostSurvivors)
            {
                _survivors.RemoveAt(0);
            }
        }

        _last = ids;
        _seen = new HashSet<string>(ids, StringComparer.Ordinal);
        Reached = rank + ids.Length;
    }
}
