using System.Collections.Concurrent;
using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>
/// What the latest polls saw in queues that had no task for them. Of an idle server, the other loops need not ask what the poll
/// has just been told; one that is busy does not poll, and what was seen grows too old to count.
/// </summary>
internal sealed class QueueLooks(ServerSettings settings, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (long AskedAt, QueueLook Look)> _looks = new(StringComparer.Ordinal);

    // Fetches that follow each other closely, as slots are freed, need not look each time.
    private readonly TimeSpan _closely = settings.Options.TaskCheckInterval / 2;

    /// <summary>Whether a fetch should also look, if it finds no task.</summary>
    internal bool IsWanted(string queue) =>
        !_looks.TryGetValue(queue, out var last) || time.GetElapsedTime(last.AskedAt) >= _closely;

    /// <summary>Notes what was seen.</summary>
    /// <param name="queue">Where.</param>
    /// <param name="askedAt">The timestamp before Redis was asked.</param>
    /// <param name="look">What.</param>
    internal void Note(string queue, long askedAt, QueueLook look) => _looks[queue] = (askedAt, look);

    /// <summary>
    /// What was last seen, if that was within the interval at which a loop has to look. The loop must look again when
    /// <paramref name="rest"/> has passed, so that no more than its interval lies between two looks, whoever had them.
    /// </summary>
    internal bool TrySeen(string queue, TimeSpan interval, out QueueLook look, out TimeSpan rest)
    {
        (look, rest) = (default, default);
        if (!_looks.TryGetValue(queue, out var last) || time.GetElapsedTime(last.AskedAt) is var age && age >= interval)
        {
            return false;
        }

        // A timer counts whole milliseconds: it must not come too early.
        look = last.Look;
        rest = TimeSpan.FromMilliseconds(Math.Ceiling((interval - age).TotalMilliseconds));
        return true;
    }
}
